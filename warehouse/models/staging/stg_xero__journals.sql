{{ stage(
    'journals',
    columns=[
        ('journal_id', 'JournalID', 'text'),
        ('journal_number', 'JournalNumber', 'integer'),
        ('journal_date', 'JournalDate', 'date'),
        ('reference', 'Reference', 'text'),
        ('source_id', 'SourceID', 'text'),
        ('source_type', 'SourceType', 'text'),
        ('created_date_utc', 'CreatedDateUTC', 'timestamp'),
    ],
) }}
