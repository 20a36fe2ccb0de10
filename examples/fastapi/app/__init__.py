"""Notes over HTTP: PostgreSQL keeps them, Redis speeds up reading them."""
