"""The HTTP side of Xero: the Accounting API, identity, and who may call what."""
