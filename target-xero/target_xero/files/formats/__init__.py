"""The formats of files: CSV, Excel, and those that are refused."""
