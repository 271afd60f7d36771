"""The roles of an embedded database: the owner of the tables and the application's, as in production."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import DuplicateObject, UniqueViolation
from sqlalchemy import make_url

SUPERUSER = "postgres"
OWNER = "billing_owner"
APPLICATION = "billing_app"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where one database is, for the application and for the owner of its tables."""

    application: str
    owner: str

    @property
    def settings(self) -> Mapping[str, str]:
        """The two as the environment names them."""
        return {"DATABASE_URL": self.application, "DATABASE_OWNER_URL": self.owner}

    @property
    def superuser(self) -> str:
        """For tools that look over every wall, like emptying the database between tests."""
        return make_url(self.owner).set(username=SUPERUSER).render_as_string(hide_password=False)


def make_roles(connection: psycopg.Connection[Any]) -> None:
    """Make both roles unless they are there. As the superuser, in autocommit."""
    for role in (OWNER, APPLICATION):
        try:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(role))
            )
        except (DuplicateObject, UniqueViolation):
            continue  # there already, or made by another process at the same moment


def hand_over(conninfo: str) -> None:
    """Let the owner own what belongs to the superuser in a database: one that an earlier version made."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(_HAND_OVER)


_HAND_OVER = f"""
DO $$
DECLARE found record;
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO {OWNER}', current_database());
    FOR found IN SELECT relkind, oid::regclass AS name FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relowner = current_user::regrole
                   AND relkind IN ('r', 'p') LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO {OWNER}', found.name);
    END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
                 WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO {OWNER}', found.name);
    END LOOP;
    FOR found IN SELECT oid::regtype AS name FROM pg_type
                 WHERE typnamespace = 'public'::regnamespace AND typowner = current_user::regrole
                   AND typtype IN ('e', 'd') LOOP
        EXECUTE format('ALTER TYPE %s OWNER TO {OWNER}', found.name);
    END LOOP;
END $$"""  # noqa: S608, names of ours
