{{ stage(
    'manual_journal_line_tracking',
    columns=[
        ('manual_journal_id', 'ManualJournalID', 'text'),
        ('line_no', 'LineNo', 'integer', 'required'),
        ('line', '_line', 'integer'),
        ('tracking_category_id', 'TrackingCategoryID', 'text', 'required'),
        ('tracking_option_id', 'TrackingOptionID', 'text'),
        ('category_name', 'Name', 'text'),
        ('option_name', 'Option', 'text'),
    ],
    child_of=('manual_journals', 'ManualJournalID'),
) }}
