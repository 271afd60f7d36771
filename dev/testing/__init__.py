"""What the tests stand on: a PostgreSQL for the whole run, a database for each process, a browser."""

from dev.database_roles import Addresses
from dev.testing.browser import BROWSER_FLAGS, browser_path, browser_with_settings, firefox_path, left_out
from dev.testing.cluster import create_database, drop_database, start_cluster
from dev.testing.prepared import TEMPLATE, lay_out, migrate
from dev.testing.reset import filled_tables, reset, tables

__all__ = [
    "BROWSER_FLAGS",
    "TEMPLATE",
    "Addresses",
    "browser_path",
    "browser_with_settings",
    "create_database",
    "drop_database",
    "filled_tables",
    "firefox_path",
    "lay_out",
    "left_out",
    "migrate",
    "reset",
    "start_cluster",
    "tables",
]
