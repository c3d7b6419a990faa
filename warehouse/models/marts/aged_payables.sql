{{ config(post_hook=[
    "{{ create_aged_function(this.incorporate(path={'identifier': 'aged_payables_at'}), 'payable') }}",
]) }}
{{ aged('payable', month_ends_of_open_items()) }}
