{# Reading what a loader left of tap-xero's streams. #}

{# The table of a stream; none if it is not loaded. #}
{% macro loaded_table(stream) %}
    {%- set table = source('xero', stream) -%}
    {%- if not execute -%}
        {{ return(table) }}
    {%- endif -%}
    {%- if stream in var('xero_streams_not_loaded') -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if not flags.INTROSPECT -%}
        {{ return(table) }}
    {%- endif -%}
    {%- set found = adapter.get_relation(table.database, table.schema, table.identifier) -%}
    {%- if found is none and stream in ['accounts', 'organisations'] -%}
        {{ exceptions.raise_compiler_error(
            'The table ' ~ table ~ ' does not exist. Load the stream ' ~ stream ~ ' of tap-xero, or say '
            'where it is with the variables xero_schema, xero_database and xero_table_names.'
        ) }}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}

{# The names of a table's columns as they are, by their names in lower case; none if unknown. #}
{% macro loaded_columns(table) %}
    {%- if not execute or not flags.INTROSPECT -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set names = {} -%}
    {%- for column in adapter.get_columns_in_relation(table) -%}
        {%- do names.update({column.name | lower: adapter.quote(column.name)}) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}

{# One column of a staging model: its cast, or a null of its type if the loader has no such column. #}
{% macro staged_column(alias, path, type, names, table='records') %}
    {%- set parts = path.split('.') -%}
    {%- set name = parts[0] -%}
    {%- set known = name and (names is none or (name | lower) in names) -%}
    {%- if not known -%}
        {{ return(null_of(type) ~ ' as ' ~ alias) }}
    {%- endif -%}
    {%- set column = table ~ '.' ~ (source_column(name) if names is none else names[name | lower]) -%}
    {%- if parts | length > 1 -%}
        {%- set column = json_text(column, parts[1:]) -%}
    {%- endif -%}
    {{ return('cast(' ~ column ~ ' as ' ~ type_named(type) ~ ') as ' ~ alias) }}
{% endmacro %}

{# A staging model of one stream.

   columns: (name here, name in Xero, type); `Contact.ContactID` is a field of a JSON column. A
       column that the loader does not have is null, but for those marked `'required'`; a column without a
       name in Xero is one of Fivetran's that Xero does not serve.
   child_of: (stream, its id field) of the parent. Only rows that were read together with
       the parent's current version are current: a removed line stays in the loader's table.
   current_by: for reports, the columns that name one report: only the rows of its newest
       run are current.
#}
{% macro stage(stream, columns, child_of=none, current_by=none) %}
{%- set table = loaded_table(stream) -%}
{%- set parent = loaded_table(child_of[0]) if child_of else none -%}
{#- Without the parent's table, the newest read of each parent's rows has to do. -#}
{%- set current_by = [child_of[1]] if child_of and parent is none else current_by -%}
{%- set columns = [('_tenant_id', '_tenant_id', 'text', 'required')] + columns + [('_read_at', '_read_at', 'timestamp')] -%}
{%- if table is none %}
select
    {%- for column in columns %}
    {{ null_of(column[2]) }} as {{ column[0] }}{{ ',' if not loop.last }}
    {%- endfor %}
from (select 1 as nothing) as no_rows
where 1 = 0
{%- else %}
{%- set names = loaded_columns(table) %}
{%- set tenant = loaded_column(table, names, '_tenant_id') %}
select
    {%- for column in columns %}
    {%- if column[3:] %}{% do loaded_column(table, names, column[1]) %}{% endif %}
    {{ staged_column(column[0], column[1], column[2], names) }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ table }} as records
{%- if parent is not none %}
    {%- set parents = loaded_columns(parent) %}
inner join {{ parent }} as parents
    {%- for name in ['_tenant_id', child_of[1], '_read_at'] %}
    {{ 'on' if loop.first else 'and' }} parents.{{ loaded_column(parent, parents, name) }} = records.{{ loaded_column(table, names, name) }}
    {%- endfor %}
    {{- not_deleted('parents', parents, 'and') }}
{%- endif %}
where 1 = 1
{{- not_deleted('records', names, 'and') }}
{%- if current_by %}
    and records.{{ loaded_column(table, names, '_read_at') }} = (
        select max(newest.{{ loaded_column(table, names, '_read_at') }})
        from {{ table }} as newest
        where newest.{{ tenant }} = records.{{ tenant }}
        {%- for name in current_by %}
            and newest.{{ loaded_column(table, names, name) }} = records.{{ loaded_column(table, names, name) }}
        {%- endfor %}
    )
{%- endif %}
{%- endif %}
{% endmacro %}

{# A column that a loaded table must have. #}
{% macro loaded_column(table, names, name) %}
    {%- if names is none -%}
        {{ return(source_column(name)) }}
    {%- endif -%}
    {%- if (name | lower) not in names -%}
        {{ exceptions.raise_compiler_error(
            'The table ' ~ table ~ ' has no column ' ~ name ~ '. Read the stream again with a '
            'tap-xero that writes it, or name the stream in the variable xero_streams_not_loaded.'
        ) }}
    {%- endif -%}
    {{ return(names[name | lower]) }}
{% endmacro %}

{# The condition that a loader did not mark a row as deleted in the source. #}
{% macro not_deleted(table, names, word) %}
    {%- if (names is none and var('xero_deletion_marks')) or '_sdc_deleted_at' in (names or {}) -%}
    {{- '\n    ' ~ word ~ ' ' ~ table ~ '.' ~ (source_column('_sdc_deleted_at') if names is none else names['_sdc_deleted_at']) ~ ' is null' -}}
    {%- endif -%}
{% endmacro %}
