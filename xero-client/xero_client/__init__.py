"""A client of Xero's API: settings, entities, HTTP transport, authentication and the login."""
