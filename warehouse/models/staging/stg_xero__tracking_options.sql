{{ stage(
    'tracking_options',
    columns=[
        ('tracking_category_id', 'TrackingCategoryID', 'text'),
        ('tracking_option_id', 'TrackingOptionID', 'text'),
        ('name', 'Name', 'text'),
        ('status', 'Status', 'text'),
        ('has_validation_errors', '', 'boolean'),
        ('is_active', 'IsActive', 'boolean'),
        ('is_archived', 'IsArchived', 'boolean'),
        ('is_deleted', 'IsDeleted', 'boolean'),
    ],
    child_of=('tracking_categories', 'TrackingCategoryID'),
) }}
