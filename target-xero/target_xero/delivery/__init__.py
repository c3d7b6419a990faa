"""Sending requests exactly once: batches, the publish log, and outcomes."""
