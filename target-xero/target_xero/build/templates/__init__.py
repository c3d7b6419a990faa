"""Jinja templates in settings, rendered over a record."""
