"""The dry run: it reports what a run would do with each record, and writes nothing."""
