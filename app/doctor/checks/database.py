"""PostgreSQL: reach, version, the role's rights, migrations, and the two clocks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.clock import TOLERATED, process_time
from app.database import roles
from app.doctor.findings import Finding, ok, problem, unknown
from app.doctor.installation import Installation, NotSetError
from app.web import health
from config import ROOT

OLDEST = 15
_MOST_NAMED = 5
_UPGRADE = "Run `DATABASE_OWNER_URL=… flask db upgrade`, which also grants the role its rights."


def check_reach(installation: Installation) -> Iterator[Finding]:
    """It answers, and is new enough."""
    try:
        with installation.database() as connection:
            row = connection.execute(
                text("SELECT current_database(), current_setting('server_version_num')::int / 10000")
            ).one()
    except NotSetError as error:
        yield problem(str(error), "Set it to the address of your PostgreSQL, as .env.example shows.")
        return
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        yield problem(
            f"It can't be reached: {reason}",
            "Start PostgreSQL, or correct DATABASE_URL: its host, port, name, role and password.",
        )
        return
    name, version = row
    if version < OLDEST:
        yield problem(f"It is PostgreSQL {version}.", f"Use PostgreSQL {OLDEST} or newer.")
    else:
        yield ok(f"PostgreSQL {version} answers (database {name}).")


def check_role(installation: Installation) -> Iterator[Finding]:
    """The role sees only rows of the organizations that it says, and may do what the application needs and no
    more."""
    with installation.database() as connection:
        wrong = roles.what_is_wrong(connection)
        differences = [] if wrong is not None else roles.differences(connection)
    if wrong is not None:
        yield problem(f"DATABASE_URL {wrong}", roles.HOW_TO_MAKE_ROLES)
    for one in differences[:_MOST_NAMED]:
        yield problem(one, _UPGRADE)
    if len(differences) > _MOST_NAMED:
        yield problem(f"{len(differences) - _MOST_NAMED} more differences of this kind.", _UPGRADE)
    if wrong is None and not differences:
        yield ok("The role has exactly its rights, and row-level security applies to it.")


def check_migrations(installation: Installation) -> Iterator[Finding]:
    """The schema is of this version of the code."""
    wanted = health.newest_migration_in(str(ROOT / "migrations"))
    with installation.database() as connection:
        there = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        found = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    if found == wanted:
        yield ok(f"The schema is at migration {found}.")
    elif found is None:
        yield problem("The database was never migrated.", _UPGRADE)
    else:
        yield problem(
            f"The schema is at migration {found}, and this version of the code wants {wanted}.",
            f"{_UPGRADE} If the schema is the newer one, install the version of the code that made it.",
        )


def check_clock(installation: Installation) -> Iterator[Finding]:
    """This machine's clock and the database's agree."""
    with installation.database() as connection:
        before = process_time()
        at = connection.scalar(text("SELECT clock_timestamp()"))
        after = process_time()
    if at is None:
        yield unknown("The database didn't say what time it is.")
        return
    took = after - before
    ahead = before + took / 2 - at
    seconds = ahead.total_seconds()
    if abs(ahead) > TOLERATED + took / 2:
        yield problem(
            f"This machine's clock is {abs(seconds):,.0f} seconds {'ahead of' if ahead > timedelta() else 'behind'} "
            f"the database's; {TOLERATED.seconds} are allowed.",
            "Set the clocks of both machines by NTP.",
        )
    else:
        yield ok(f"This machine's clock and the database's agree to {max(abs(seconds), 0.01):.2f} seconds.")
