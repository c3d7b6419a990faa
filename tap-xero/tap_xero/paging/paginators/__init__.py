"""The paginators: which pages to request, in which order, and what to do if Xero refuses that."""
