"""Reading lists page by page: paginators decide, the list reader sends."""
