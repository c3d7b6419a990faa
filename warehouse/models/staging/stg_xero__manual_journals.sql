{{ stage(
    'manual_journals',
    columns=[
        ('manual_journal_id', 'ManualJournalID', 'text'),
        ('narration', 'Narration', 'text'),
        ('date', 'Date', 'date'),
        ('status', 'Status', 'text'),
        ('line_amount_types', 'LineAmountTypes', 'text'),
        ('url', 'Url', 'text'),
        ('show_on_cash_basis_reports', 'ShowOnCashBasisReports', 'boolean'),
        ('has_attachments', 'HasAttachments', 'boolean'),
        ('updated_date_utc', 'UpdatedDateUTC', 'timestamp'),
    ],
) }}
