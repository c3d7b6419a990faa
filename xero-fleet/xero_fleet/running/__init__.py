"""Runs a batch: the tap and the loader, their state under the lease, and their outcome."""
