"""A local Xero to develop, demo and test against."""
