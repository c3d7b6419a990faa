"""Plan, then apply: what a run would do as a file and a page, and a run of exactly that."""
