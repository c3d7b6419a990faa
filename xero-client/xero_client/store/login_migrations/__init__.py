"""The upgrades of the table 'logins'."""
