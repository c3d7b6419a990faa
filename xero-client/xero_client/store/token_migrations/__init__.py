"""The upgrades of the table 'grants'."""
