"""The fields of the records of the other APIs, by API; their rows have them."""
