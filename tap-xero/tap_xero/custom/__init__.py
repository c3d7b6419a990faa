"""The streams of the setting ``custom_streams``: any other GET of Xero's APIs."""
