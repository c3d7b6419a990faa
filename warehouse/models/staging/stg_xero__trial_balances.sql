{{ stage(
    'trial_balances',
    columns=[
        ('basis', 'Basis', 'text', 'required'),
        ('date', 'Date', 'date', 'required'),
        ('row_key', 'RowKey', 'text', 'required'),
        ('section', 'Section', 'text'),
        ('row_type', 'RowType', 'text'),
        ('label', 'Label', 'text'),
        ('account_id', 'AccountID', 'text', 'required'),
        ('account_code', 'AccountCode', 'text'),
        ('account_name', 'AccountName', 'text'),
        ('debit', 'Debit', 'number', 'required'),
        ('credit', 'Credit', 'number', 'required'),
        ('ytd_debit', 'YTDDebit', 'number', 'required'),
        ('ytd_credit', 'YTDCredit', 'number', 'required'),
    ],
    current_by=['Basis', 'Date'],
) }}
