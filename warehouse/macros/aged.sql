{# What customers owed (`receivable`) or was owed to suppliers (`payable`) at the end of a day, by
   contact, currency and age of what is due. `as_at` is SQL: a date or a column of `days`.

   days: a query with a column as_at, one row for each day that is asked for.
#}
{% macro aged(ledger_side, days) %}
select
    open.as_at,
    open._tenant_id,
    open.contact_id,
    max(open.contact_name) as contact_name,
    {%- for name, condition in [
        ('not_due', 'open.days_overdue <= 0'),
        ('days_1_to_30', 'open.days_overdue between 1 and 30'),
        ('days_31_to_60', 'open.days_overdue between 31 and 60'),
        ('days_61_to_90', 'open.days_overdue between 61 and 90'),
        ('days_over_90', 'open.days_overdue > 90'),
    ] %}
    {{ money('sum(case when open.is_on_control_account and ' ~ condition ~ ' then open.amount_base else 0 end)') }} as {{ name }},
    {%- endfor %}
    {{ money('sum(case when open.is_on_control_account then open.amount_base else 0 end)') }} as total,
    {{ money('sum(case when open.is_on_control_account then 0 else open.amount_base end)') }} as prepayments,
    cast(sum(case when open.amount_base <> 0 then 1 else 0 end) as {{ integer_type() }}) as documents
from (
    select
        days.as_at,
        items._tenant_id,
        items.contact_id,
        items.contact_name,
        items.is_on_control_account,
        {{ dbt.datediff('items.due_date', 'days.as_at', 'day') }} as days_overdue,
        sum(items.amount_base) as amount_base
    from {{ ref('open_items') }} as items
    inner join ({{ days }}) as days
        on items.change_date <= days.as_at
    where items.ledger_side = '{{ ledger_side }}'
    group by
        days.as_at, items._tenant_id, items.contact_id, items.contact_name,
        items.document_kind, items.document_id, items.is_on_control_account, items.due_date
    having sum(items.amount_base) <> 0
) as open
group by open.as_at, open._tenant_id, open.contact_id
{% endmacro %}

{# For `dbt show --inline "{{ aged_receivables_at('2026-03-31') }}"` and for models of one's own. #}
{% macro aged_receivables_at(day) %}
{{ aged('receivable', "select cast('" ~ day ~ "' as date) as as_at") }}
{% endmacro %}

{% macro aged_payables_at(day) %}
{{ aged('payable', "select cast('" ~ day ~ "' as date) as as_at") }}
{% endmacro %}

{# Every month end of an organisation's documents. #}
{% macro month_ends_of_open_items() %}
{{ return("select distinct month_end as as_at from " ~ ref('ledger_months')) }}
{% endmacro %}

{# A function of SQL over a day: `select * from aged_receivables_at(date '2026-03-31')`. #}
{% macro create_aged_function(relation, ledger_side) %}
{{ return(adapter.dispatch('create_aged_function', 'xero_warehouse')(relation, ledger_side)) }}
{% endmacro %}

{% macro default__create_aged_function(relation, ledger_side) %}
create or replace macro {{ relation }}(day) as table (
{{ aged(ledger_side, 'select cast(day as date) as as_at') }}
)
{% endmacro %}

{% macro postgres__create_aged_function(relation, ledger_side) %}
create or replace function {{ relation }}(day date)
returns table (
    as_at date, _tenant_id text, contact_id text, contact_name text,
    not_due {{ money_type() }}, days_1_to_30 {{ money_type() }}, days_31_to_60 {{ money_type() }},
    days_61_to_90 {{ money_type() }}, days_over_90 {{ money_type() }}, total {{ money_type() }},
    prepayments {{ money_type() }}, documents bigint
) language sql stable as $function$
{{ aged(ledger_side, 'select day as as_at') }}
$function$
{% endmacro %}

{% macro snowflake__create_aged_function(relation, ledger_side) %}
create or replace function {{ relation }}(day date)
returns table (
    as_at date, _tenant_id varchar, contact_id varchar, contact_name varchar,
    not_due {{ money_type() }}, days_1_to_30 {{ money_type() }}, days_31_to_60 {{ money_type() }},
    days_61_to_90 {{ money_type() }}, days_over_90 {{ money_type() }}, total {{ money_type() }},
    prepayments {{ money_type() }}, documents bigint
) as $$
{{ aged(ledger_side, 'select day as as_at') }}
$$
{% endmacro %}

{% macro bigquery__create_aged_function(relation, ledger_side) %}
create or replace table function {{ relation }}(day date) as (
{{ aged(ledger_side, 'select day as as_at') }}
)
{% endmacro %}
