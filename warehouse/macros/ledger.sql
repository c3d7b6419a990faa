{# Rounds the column `exact` of a query to cents that sum to the column `total` within a group.

   What rounding leaves over goes, cent by cent, to the rows that rounding moved furthest.
   The query's columns stay; `share` is added.
#}
{% macro spread_cents(query, group_by, order_by) %}
select
    turns.*,
    cast(
        turns.rounded + case
            when turns.turn <= turns.cents_left then 0.01
            when turns.turn <= -turns.cents_left then -0.01
            else 0
        end as {{ money_type() }}
    ) as share
from (
    select
        remainders.*,
        row_number() over (
            partition by {{ group_by }}
            order by
                case
                    when remainders.cents_left > 0 then remainders.rounded - remainders.exact
                    else remainders.exact - remainders.rounded
                end,
                {{ order_by }}
        ) as turn
    from (
        select
            cents.*,
            cast(
                round((cents.total - sum(cents.rounded) over (partition by {{ group_by }})) * 100, 0)
                as {{ integer_type() }}
            ) as cents_left
        from (
            select
                exacts.*,
                cast(round(exacts.exact, 2) as {{ money_type() }}) as rounded
            from ({{ query }}) as exacts
        ) as cents
    ) as remainders
) as turns
{% endmacro %}

{# The day on which the financial year around a day began, from an organisation's columns. #}
{% macro financial_year_start(day, organisation) %}
    {%- set end_month = 'coalesce(' ~ organisation ~ '.financial_year_end_month, 12)' -%}
    {%- set end_day = 'coalesce(' ~ organisation ~ '.financial_year_end_day, 31)' -%}
    {%- set this_year = _financial_year_end(day, end_month, end_day, 0) -%}
    {%- set year_before = _financial_year_end(day, end_month, end_day, -12) -%}
    {{ return(
        'case when ' ~ day ~ ' <= ' ~ this_year ~ ' then ' ~ days_after(year_before, 1)
        ~ ' else ' ~ days_after(this_year, 1) ~ ' end'
    ) }}
{% endmacro %}

{% macro _financial_year_end(day, end_month, end_day, months) %}
    {%- set month = dbt.dateadd('month', '(' ~ end_month ~ ' - 1 + ' ~ months ~ ')', dbt.date_trunc('year', day)) -%}
    {{ return(
        'least(' ~ month_end_of(month) ~ ', '
        ~ days_after(month, '(' ~ end_day ~ ' - 1)') ~ ')'
    ) }}
{% endmacro %}

{# The columns of an entry of the ledger, in the order in which its parts are put together. #}
{% macro entry_columns() %}
    {{ return([
        '_tenant_id', 'basis', 'made_from', 'entry_id', 'entry_date', 'source_type', 'source_id',
        'document_kind', 'document_id', 'line_key', 'account_id', 'net_amount', 'tax_amount',
        'tax_type', 'description', 'reference', 'contact_id',
    ]) }}
{% endmacro %}

{# The condition that a document is of one of some kinds, and that the stream of its kind's lines is
   loaded. Without its lines, a document cannot be posted: its debits and credits would differ. #}
{% macro has_loaded_lines(kinds) %}
    {%- set found = [] -%}
    {%- for kind in kinds if loaded_table(kind ~ '_line_items') is not none -%}
        {%- do found.append("'" ~ kind ~ "'") -%}
    {%- endfor -%}
    {{ return('document_kind in (' ~ found | join(', ') ~ ')' if found else '1 = 0') }}
{% endmacro %}
