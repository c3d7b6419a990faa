{{ stage(
    'trial_balances',
    columns=[
        ('basis', 'Basis', 'text'),
        ('date', 'Date', 'date'),
        ('section', 'Section', 'text'),
        ('row_type', 'RowType', 'text'),
        ('label', 'Label', 'text'),
        ('account_id', 'AccountID', 'text'),
        ('account_code', 'AccountCode', 'text'),
        ('account_name', 'AccountName', 'text'),
        ('debit', 'Debit', 'number'),
        ('credit', 'Credit', 'number'),
        ('ytd_debit', 'YTDDebit', 'number'),
        ('ytd_credit', 'YTDCredit', 'number'),
    ],
    current_by=['Basis', 'Date'],
) }}
