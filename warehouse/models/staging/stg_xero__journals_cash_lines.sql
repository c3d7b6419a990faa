{{ stage(
    'journals_cash_lines',
    columns=[
        ('journal_id', 'JournalID', 'text'),
        ('journal_line_id', 'JournalLineID', 'text'),
        ('line', '_line', 'integer'),
        ('account_id', 'AccountID', 'text'),
        ('account_code', 'AccountCode', 'text'),
        ('account_type', 'AccountType', 'text'),
        ('account_name', 'AccountName', 'text'),
        ('description', 'Description', 'text'),
        ('net_amount', 'NetAmount', 'number', 'required'),
        ('gross_amount', 'GrossAmount', 'number'),
        ('tax_amount', 'TaxAmount', 'number', 'required'),
        ('tax_type', 'TaxType', 'text'),
        ('tax_name', 'TaxName', 'text'),
    ],
    child_of=('journals_cash', 'JournalID'),
) }}
