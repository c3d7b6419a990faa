"""Templates of settings: Jinja with exact decimals, bounded in time and size."""
