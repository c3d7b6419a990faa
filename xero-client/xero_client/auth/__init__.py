"""Access tokens and connected organisations: the token endpoint, stored grants and logins."""
