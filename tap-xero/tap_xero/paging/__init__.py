"""Reading a list page by page: a paginator picks the requests, the list reader sends them."""
