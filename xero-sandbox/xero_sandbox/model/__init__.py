"""Organisations, their records and transactions; facts about countries and endpoints."""
