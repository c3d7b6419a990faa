{{ stage(
    'invoice_line_item_tracking',
    columns=[
        ('invoice_id', 'InvoiceID', 'text'),
        ('line_item_id', 'LineItemID', 'text', 'required'),
        ('line_no', 'LineNo', 'integer'),
        ('line', '_line', 'integer'),
        ('tracking_category_id', 'TrackingCategoryID', 'text', 'required'),
        ('tracking_option_id', 'TrackingOptionID', 'text'),
        ('category_name', 'Name', 'text'),
        ('option_name', 'Option', 'text'),
    ],
    child_of=('invoices', 'InvoiceID'),
) }}
