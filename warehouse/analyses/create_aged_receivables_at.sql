{#- For the plain SQL: the function that the model's post-hook makes. #}
{{ create_aged_function(ref('aged_receivables').incorporate(path={'identifier': 'aged_receivables_at'}), 'receivable') }}
