"""Which steps copy which kind of record."""
