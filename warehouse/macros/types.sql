{# What differs by database: types, quotes, JSON. DuckDB and PostgreSQL are tested; Snowflake and BigQuery compile. #}

{% macro text_type() %}{{ return(adapter.dispatch('text_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__text_type() %}{{ return('varchar') }}{% endmacro %}
{% macro postgres__text_type() %}{{ return('text') }}{% endmacro %}
{% macro bigquery__text_type() %}{{ return('string') }}{% endmacro %}

{# Amounts, quantities and rates: exact, six places (Xero has at most six). #}
{% macro number_type() %}{{ return(adapter.dispatch('number_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__number_type() %}{{ return('numeric(28, 6)') }}{% endmacro %}
{% macro bigquery__number_type() %}{{ return('numeric') }}{% endmacro %}

{# A binary number, for the one column that Fivetran has as such. DuckDB's `float` has seven digits. #}
{% macro float_type() %}{{ return(adapter.dispatch('float_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__float_type() %}{{ return(dbt.type_float()) }}{% endmacro %}
{% macro duckdb__float_type() %}{{ return('double') }}{% endmacro %}

{# Money in the base currency, in whole cents. #}
{% macro money_type() %}{{ return(adapter.dispatch('money_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__money_type() %}{{ return('numeric(20, 2)') }}{% endmacro %}
{% macro bigquery__money_type() %}{{ return('numeric') }}{% endmacro %}

{% macro integer_type() %}{{ return(adapter.dispatch('integer_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__integer_type() %}{{ return('bigint') }}{% endmacro %}
{% macro bigquery__integer_type() %}{{ return('int64') }}{% endmacro %}

{% macro boolean_type() %}{{ return(adapter.dispatch('boolean_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__boolean_type() %}{{ return('boolean') }}{% endmacro %}
{% macro bigquery__boolean_type() %}{{ return('bool') }}{% endmacro %}

{# A moment in UTC. #}
{% macro timestamp_type() %}{{ return(adapter.dispatch('timestamp_type', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__timestamp_type() %}{{ return('timestamp') }}{% endmacro %}
{% macro snowflake__timestamp_type() %}{{ return('timestamp_ntz') }}{% endmacro %}

{% macro type_named(name) %}
    {%- set types = {
        'text': text_type(), 'number': number_type(), 'integer': integer_type(),
        'boolean': boolean_type(), 'timestamp': timestamp_type(), 'date': 'date',
    } -%}
    {{ return(types[name]) }}
{% endmacro %}

{# A column of the loader, by its name in Xero. DuckDB and BigQuery do not mind its case. #}
{% macro source_column(name) %}{{ return(adapter.dispatch('source_column', 'xero_warehouse')(name)) }}{% endmacro %}
{% macro default__source_column(name) %}{{ return('"' ~ name ~ '"') }}{% endmacro %}
{% macro snowflake__source_column(name) %}{{ return('"' ~ (name | upper) ~ '"') }}{% endmacro %}
{% macro bigquery__source_column(name) %}{{ return('`' ~ name ~ '`') }}{% endmacro %}

{# A text inside a JSON column, by the names that lead to it. #}
{% macro json_text(column, path) %}{{ return(adapter.dispatch('json_text', 'xero_warehouse')(column, path)) }}{% endmacro %}
{% macro default__json_text(column, path) %}{{ return("json_extract_string(" ~ column ~ ", '$." ~ path | join('.') ~ "')") }}{% endmacro %}
{% macro postgres__json_text(column, path) %}{{ return("cast(" ~ column ~ " as jsonb) #>> '{" ~ path | join(',') ~ "}'") }}{% endmacro %}
{% macro snowflake__json_text(column, path) %}{{ return("get_path(try_parse_json(to_varchar(" ~ column ~ ")), '" ~ path | join('.') ~ "')::varchar") }}{% endmacro %}
{% macro bigquery__json_text(column, path) %}{{ return("json_value(to_json_string(" ~ column ~ "), '$." ~ path | join('.') ~ "')") }}{% endmacro %}

{# A division whose result is exact to eight places: DuckDB divides decimals as doubles. #}
{% macro divide(dividend, divisor) %}{{ return(adapter.dispatch('divide', 'xero_warehouse')(dividend, divisor)) }}{% endmacro %}
{% macro default__divide(dividend, divisor) %}{{ return('cast((' ~ dividend ~ ') / nullif(' ~ divisor ~ ', 0) as numeric(34, 8))') }}{% endmacro %}
{% macro bigquery__divide(dividend, divisor) %}{{ return('cast(safe_divide(' ~ dividend ~ ', ' ~ divisor ~ ') as numeric)') }}{% endmacro %}

{# An amount of a document in the base currency, to the cent, halves away from zero. #}
{% macro to_base(amount, rate) %}
    {%- set quotient = divide(amount, 'coalesce(nullif(' ~ rate ~ ', 0), 1)') -%}
    {{ return('cast(round(' ~ quotient ~ ', 2) as ' ~ money_type() ~ ')') }}
{% endmacro %}

{% macro number(expression) %}{{ return('cast(' ~ expression ~ ' as ' ~ number_type() ~ ')') }}{% endmacro %}
{% macro money(expression) %}{{ return('cast(' ~ expression ~ ' as ' ~ money_type() ~ ')') }}{% endmacro %}
{% macro text(expression) %}{{ return('cast(' ~ expression ~ ' as ' ~ text_type() ~ ')') }}{% endmacro %}
{% macro null_of(name) %}{{ return('cast(null as ' ~ type_named(name) ~ ')') }}{% endmacro %}

{% macro month_of(day) %}{{ return('cast(' ~ dbt.date_trunc('month', day) ~ ' as date)') }}{% endmacro %}
{% macro month_end_of(day) %}{{ return('cast(' ~ dbt.last_day(day, 'month') ~ ' as date)') }}{% endmacro %}
{% macro days_after(day, days) %}{{ return('cast(' ~ dbt.dateadd('day', days, day) ~ ' as date)') }}{% endmacro %}

{% macro union_distinct() %}{{ return(adapter.dispatch('union_distinct', 'xero_warehouse')()) }}{% endmacro %}
{% macro default__union_distinct() %}{{ return('union') }}{% endmacro %}
{% macro bigquery__union_distinct() %}{{ return('union distinct') }}{% endmacro %}
