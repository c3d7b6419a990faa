{# The tables that Fivetran's package dbt_xero reads. #}
{% macro fivetran_tables() %}
    {{ return([
        'account', 'bank_transaction', 'contact', 'credit_note', 'invoice', 'invoice_line_item',
        'invoice_line_item_has_tracking_category', 'journal', 'journal_cash', 'journal_cash_line',
        'journal_cash_line_has_tracking_category', 'journal_line',
        'journal_line_has_tracking_category', 'organization', 'tracking_category',
        'tracking_category_has_option', 'tracking_category_option',
    ]) }}
{% endmacro %}

{# Makes a schema of views for each organisation that the variable xero_fivetran_schemas names.

   dbt_xero knows no tenant: two organisations in one schema would be added up, and its tests would
   pass. The views of the folder `fivetran` hold all organisations; these hold one each.
#}
{% macro fivetran_schemas() %}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- set views = {} -%}
        {%- for result in results if result.status == 'success' and result.node.fqn[1] == 'fivetran' -%}
            {%- do views.update({result.node.alias: result.node.relation_name}) -%}
        {%- endfor -%}
        {%- for tenant_id, schema in var('xero_fivetran_schemas').items() -%}
            {%- do run_query('create schema if not exists ' ~ schema) -%}
            {%- for table in fivetran_tables() if table in views -%}
                {%- do run_query(
                    'create or replace view ' ~ schema ~ '.' ~ table
                    ~ ' as select * from ' ~ views[table] ~ " where _tenant_id = '" ~ tenant_id ~ "'"
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
