"""Reads many Xero organisations on a schedule, with any engine that can run commands."""
