{#- For the plain SQL: the function that the model's post-hook makes. #}
{{ create_aged_function(ref('aged_payables').incorporate(path={'identifier': 'aged_payables_at'}), 'payable') }}
