"""Copies one organisation into another: each record waits until all that it refers to is copied."""
