"""The time zones that an organization can have."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import text

from app.extensions import db

_NOT_PLACES = {"Factory", "localtime", "posixrules"}
"""Files among the zones that aren't places: that of this machine, the rules for POSIX names, and a zone that isn't
set (https://data.iana.org/time-zones/tz-link.html)."""
_OTHER_CLOCKS = ("posix/", "right/")
"""The same zones again, with and without leap seconds."""

_IN_DATABASE = text("""
    SELECT name FROM pg_timezone_names
    WHERE name IN ('UTC', 'GMT') OR upper(name) NOT IN (SELECT upper(abbrev) FROM pg_timezone_abbrevs)
""")


@cache
def known() -> frozenset[str]:
    """The names of the IANA database that mean the same to Python and PostgreSQL. Read once.

    If a name is also an abbreviation, like CET, PostgreSQL treats it as that: without daylight saving time
    (https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES). If the two have different
    releases of the IANA database and disagree, the posting day is Python's and stays; PostgreSQL's release only
    affects how pages group it.
    """
    ours = {
        name
        for name in available_timezones()
        if name not in _NOT_PLACES and not name.startswith(_OTHER_CLOCKS)
    }
    return frozenset(ours & set(db.session.scalars(_IN_DATABASE)))
