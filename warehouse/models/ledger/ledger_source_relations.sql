{#- What names an organisation in the Fivetran-shaped views: its schema there, else its tenant id. #}
select
    _tenant_id,
    case _tenant_id
        {%- for tenant_id, schema in var('xero_fivetran_schemas').items() %}
        when '{{ tenant_id }}' then '{{ schema }}'
        {%- endfor %}
        {%- if not var('xero_fivetran_schemas') %}
        when '' then ''
        {%- endif %}
        else _tenant_id
    end as source_relation
from {{ ref('stg_xero__organisations') }}
