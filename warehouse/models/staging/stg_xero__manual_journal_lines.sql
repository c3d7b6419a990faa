{{ stage(
    'manual_journal_lines',
    columns=[
        ('manual_journal_id', 'ManualJournalID', 'text'),
        ('line', '_line', 'integer'),
        ('line_amount', 'LineAmount', 'number', 'required'),
        ('account_code', 'AccountCode', 'text'),
        ('account_id', 'AccountID', 'text'),
        ('description', 'Description', 'text'),
        ('tax_type', 'TaxType', 'text'),
        ('tax_amount', 'TaxAmount', 'number', 'required'),
        ('is_blank', 'IsBlank', 'boolean'),
    ],
    child_of=('manual_journals', 'ManualJournalID'),
) }}
