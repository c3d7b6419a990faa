"""Writing documents: invoices, credit notes, quotes, orders, templates, manual journals."""
