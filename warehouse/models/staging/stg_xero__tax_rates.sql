{{ stage(
    'tax_rates',
    columns=[
        ('tax_type', 'TaxType', 'text'),
        ('name', 'Name', 'text'),
        ('status', 'Status', 'text'),
        ('report_tax_type', 'ReportTaxType', 'text'),
        ('display_tax_rate', 'DisplayTaxRate', 'number'),
        ('effective_rate', 'EffectiveRate', 'number'),
        ('can_apply_to_assets', 'CanApplyToAssets', 'boolean'),
        ('can_apply_to_equity', 'CanApplyToEquity', 'boolean'),
        ('can_apply_to_expenses', 'CanApplyToExpenses', 'boolean'),
        ('can_apply_to_liabilities', 'CanApplyToLiabilities', 'boolean'),
        ('can_apply_to_revenue', 'CanApplyToRevenue', 'boolean'),
    ],
) }}
