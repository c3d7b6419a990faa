"""Copying an organisation: what refers to something waits until that has its new id."""
