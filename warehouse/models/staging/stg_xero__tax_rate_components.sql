{{ stage(
    'tax_rate_components',
    columns=[
        ('tax_type', 'TaxType', 'text'),
        ('line', '_line', 'integer'),
        ('component_name', 'Name', 'text'),
        ('rate', 'Rate', 'number'),
        ('is_compound', 'IsCompound', 'boolean'),
        ('is_non_recoverable', 'IsNonRecoverable', 'boolean'),
    ],
    child_of=('tax_rates', 'TaxType'),
) }}
