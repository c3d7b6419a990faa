"""``target-xero import``: CSV and XLSX files, published as the records of a Singer tap are."""
