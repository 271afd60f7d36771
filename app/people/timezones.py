"""The time zones that an organization can have."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import text

from app.extensions import db

_NOT_PLACES = {"Factory", "localtime", "posixrules"}
"""Files among the zones that name none: that of this machine, the rules for POSIX names, and a zone that isn't set
(https://data.iana.org/time-zones/tz-link.html)."""
_OTHER_CLOCKS = ("posix/", "right/")
"""The same zones again, with and without leap seconds."""

_IN_DATABASE = text("""
    SELECT name FROM pg_timezone_names
    WHERE name IN ('UTC', 'GMT') OR upper(name) NOT IN (SELECT upper(abbrev) FROM pg_timezone_abbrevs)
""")


@cache
def known() -> frozenset[str]:
    """Those names of the IANA database that mean the same to Python and to the database. Read once.

    Where a name is an abbreviation too, like CET, PostgreSQL reads it as that: without summer time
    (https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES). Where the two have different
    releases of the IANA database and differ about a moment, the day that was posted is Python's and stays; the
    release of PostgreSQL decides only what a page groups it under.
    """
    ours = {
        name
        for name in available_timezones()
        if name not in _NOT_PLACES and not name.startswith(_OTHER_CLOCKS)
    }
    return frozenset(ours & set(db.session.scalars(_IN_DATABASE)))
