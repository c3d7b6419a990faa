{{ stage(
    'journals_cash_line_tracking',
    columns=[
        ('journal_id', 'JournalID', 'text'),
        ('journal_line_id', 'JournalLineID', 'text', 'required'),
        ('line', '_line', 'integer'),
        ('tracking_category_id', 'TrackingCategoryID', 'text', 'required'),
        ('tracking_option_id', 'TrackingOptionID', 'text'),
        ('category_name', 'Name', 'text'),
        ('option_name', 'Option', 'text'),
    ],
    child_of=('journals_cash', 'JournalID'),
) }}
