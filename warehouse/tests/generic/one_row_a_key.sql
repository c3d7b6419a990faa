{# Fails with each key that more than one row has, nulls being equal. #}
{% test one_row_a_key(model, columns) %}
select {{ columns | join(', ') }}, count(*) as rows_of_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
