"""How the application uses PostgreSQL, below its tables: what transactions begin with, and what roles may."""
