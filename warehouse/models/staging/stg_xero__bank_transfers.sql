{{ stage(
    'bank_transfers',
    columns=[
        ('bank_transfer_id', 'BankTransferID', 'text'),
        ('status', 'Status', 'text'),
        ('from_bank_account_id', 'FromBankAccount.AccountID', 'text'),
        ('to_bank_account_id', 'ToBankAccount.AccountID', 'text'),
        ('amount', 'Amount', 'number'),
        ('currency_rate', 'CurrencyRate', 'number'),
        ('date', 'Date', 'date'),
        ('reference', 'Reference', 'text'),
        ('from_bank_transaction_id', 'FromBankTransactionID', 'text'),
        ('to_bank_transaction_id', 'ToBankTransactionID', 'text'),
        ('created_date_utc', 'CreatedDateUTC', 'timestamp'),
    ],
) }}
