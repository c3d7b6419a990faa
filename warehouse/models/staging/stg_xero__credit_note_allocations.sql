{{ stage(
    'credit_note_allocations',
    columns=[
        ('credit_note_id', 'CreditNoteID', 'text'),
        ('line', '_line', 'integer'),
        ('allocation_id', 'AllocationID', 'text'),
        ('amount', 'Amount', 'number', 'required'),
        ('date', 'Date', 'date'),
        ('invoice_id', 'Invoice_InvoiceID', 'text', 'required'),
        ('invoice_number', 'Invoice_InvoiceNumber', 'text'),
        ('is_deleted', 'IsDeleted', 'boolean'),
    ],
    child_of=('credit_notes', 'CreditNoteID'),
) }}
