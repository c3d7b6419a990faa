{{ stage(
    'prepayment_line_item_tracking',
    columns=[
        ('prepayment_id', 'PrepaymentID', 'text'),
        ('line_item_id', 'LineItemID', 'text'),
        ('line_no', 'LineNo', 'integer', 'required'),
        ('line', '_line', 'integer'),
        ('tracking_category_id', 'TrackingCategoryID', 'text', 'required'),
        ('tracking_option_id', 'TrackingOptionID', 'text'),
        ('category_name', 'Name', 'text'),
        ('option_name', 'Option', 'text'),
    ],
    child_of=('prepayments', 'PrepaymentID'),
) }}
