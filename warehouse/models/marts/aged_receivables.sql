{{ config(post_hook=[
    "{{ create_aged_function(this.incorporate(path={'identifier': 'aged_receivables_at'}), 'receivable') }}",
]) }}
{{ aged('receivable', month_ends_of_open_items()) }}
