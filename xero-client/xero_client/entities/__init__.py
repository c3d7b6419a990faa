"""Facts about Xero's entities, as data: paths, fields, methods, scopes and load order."""
