"""Publishes items exactly once.

``publisher.py`` is the queue of attempts, ``states.py`` the table of their states,
``retry_policy.py`` what is tried again after a failure, ``sender.py`` one request, ``outcomes.py``
how an answer becomes an outcome for each record, ``pipeline.py`` how items become batches in
flight. The rooms below are ``lookup`` and ``report``.
"""
