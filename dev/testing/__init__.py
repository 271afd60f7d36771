"""What the tests stand on: a PostgreSQL for the whole run, a database for each process, a browser."""

from dev.database_roles import Addresses
from dev.testing.browser import browser_path
from dev.testing.cluster import create_database, drop_database, migrate, start_cluster
from dev.testing.reset import reset

__all__ = [
    "Addresses",
    "browser_path",
    "create_database",
    "drop_database",
    "migrate",
    "reset",
    "start_cluster",
]
