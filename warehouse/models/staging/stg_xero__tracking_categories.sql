{{ stage(
    'tracking_categories',
    columns=[
        ('tracking_category_id', 'TrackingCategoryID', 'text'),
        ('name', 'Name', 'text'),
        ('status', 'Status', 'text'),
    ],
) }}
