"""Publishes items exactly once: batches, the publish log, sending, outcomes and recovery.

The rooms below are ``lookup`` and ``report``.
"""
