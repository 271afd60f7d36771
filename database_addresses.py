"""Addresses of PostgreSQL: as operators write them, as SQLAlchemy reads them, and as libpq does.

libpq names several servers in one address, and connects to the first that is what is asked for
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS):
`postgresql+psycopg://user:password@one:5432,two:5432/billing?target_session_attrs=read-write`. SQLAlchemy reads them
only as `?host=one:5432&host=two:5432`
(https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#specifying-multiple-fallback-hosts).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

SCHEME = "postgresql+psycopg"
WRITABLE = frozenset({"read-write", "primary"})
"""Values of `target_session_attrs` that lead to the server that takes changes, whichever that is at the time."""


def readable(address: str) -> str:
    """The address with its servers as SQLAlchemy reads them; one that names a single server stays as it is."""
    scheme, _, rest = address.partition("://")
    authority, slash, tail = rest.partition("/")
    user, at, servers = authority.rpartition("@")
    if "," not in servers:
        return address
    path, _, query = tail.partition("?")
    named = "&".join([*(f"host={one}" for one in servers.split(",")), *([query] if query else [])])
    return f"{scheme}://{user}{at}{slash}{path}?{named}"


def conninfo(address: str) -> str:
    """The address as libpq reads it. Raises `sqlalchemy.exc.ArgumentError` for one that can't be read."""
    url = make_url(address)
    _, parameters = url.get_dialect()().create_connect_args(url)
    given: dict[str, Any] = {name: value for name, value in parameters.items() if name != "context"}
    return make_conninfo("", **given)


def problem(name: str, address: str, *, writes: bool) -> str | None:
    """Why the setting `name` can't be used, as a sentence; None where it can. `writes` is whether its server has to
    take changes."""
    if not address.startswith(f"{SCHEME}://"):
        return f"{name} must start with {SCHEME}://."
    asked = parse_qs(urlsplit(address).query)
    servers = asked.get("host", [])
    if any(one.startswith("[") for one in servers):
        return f"{name} names several servers, of which one is an IPv6 address: give it a name."
    if writes and len(servers) > 1 and not WRITABLE.issuperset(asked.get("target_session_attrs", [""])):
        return (
            f"{name} names several servers, so it must end with target_session_attrs=read-write: otherwise it could "
            "lead to one that takes no changes."
        )
    return None
