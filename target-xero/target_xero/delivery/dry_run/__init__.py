"""The dry run: what a run would do with each record, and nothing is written."""
