{% macro fivetran_schemas() %}{% endmacro %}
