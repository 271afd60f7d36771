"""How the application uses PostgreSQL, below its tables: how transactions begin, and what roles may do."""
