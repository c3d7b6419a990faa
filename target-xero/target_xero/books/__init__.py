"""The books of an organisation as Xero shows them: its chart of accounts and its reports.

``verify`` compares them, and ``copy`` reads the opening balances from them.
"""
