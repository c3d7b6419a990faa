"""The commands ``xero login`` and ``xero status``: consent in a browser or in a terminal."""
