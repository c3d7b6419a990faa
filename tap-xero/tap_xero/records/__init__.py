"""Turns Xero's JSON into Singer records: schemas, dates and the converter."""
