"""Two roles of the database: the owner of the tables, for migrations, and the application's, which owns nothing.

The application's may only read and write rows, so row-level security applies to all its statements. Its rights on
each table follow from the table's own triggers: append-only tables allow inserts only, and permanent rows no deletes.
"""

from __future__ import annotations

import psycopg
from sqlalchemy import Connection, text

from database_addresses import conninfo

HOW_TO_MAKE_ROLES = (
    "Make two roles, as docs/operations.md says under 'Roles of the database': one that owns the tables, for "
    "DATABASE_OWNER_URL, and one that owns nothing, for DATABASE_URL; then run `flask db upgrade`."
)

_TABLES = text("""
    SELECT c.oid::regclass::text AS name,
        EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'append_only') AS append_only,
        EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'never_removed') AS never_removed
    FROM pg_class c
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = current_schema()::regnamespace
        AND relname !~ '^usage_event_'""")
_FUNCTIONS = text("""
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname IN ('make_usage_month', 'detach_usage_month')""")
_WHAT_IS_WRONG = text("""
    SELECT current_user AS name, rolsuper AS is_superuser, rolbypassrls AS bypasses,
        EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
                AND pg_has_role(current_user, relowner, 'MEMBER')) AS owns
    FROM pg_roles WHERE rolname = current_user""")
_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
_MAY = text("""
    SELECT c.oid::regclass::text AS name, privilege
    FROM pg_class c CROSS JOIN unnest(CAST(:privileges AS text[])) AS privilege
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
        AND has_table_privilege(c.oid, privilege)""")
_NOT_APART = text("""
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
        AND (EXISTS (SELECT FROM pg_attribute
                     WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped)
             OR relname IN ('organization', 'user'))
        AND NOT (relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
    ORDER BY 1""")


def name_of(url: str) -> str:
    """The role that a URL connects as. Raises `psycopg.OperationalError` if it can't connect."""
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    return str(row[0]) if row else ""


def grant(connection: Connection, role: str) -> None:
    """Grant the application's role exactly the rights that the application needs. As the owner; commits.

    Does nothing if the role is the owner itself, as in development with one role.
    """
    if role == connection.scalar(text("SELECT current_user")):
        return
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    statements = [
        f"GRANT USAGE ON SCHEMA {schema} TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {quoted}",
    ]
    for table in connection.execute(_TABLES):
        statements.append(f"REVOKE ALL ON {table.name} FROM {quoted}")
        statements.append(f"GRANT {_rights(table.name, table)} ON {table.name} TO {quoted}")
    statements += [
        f"GRANT EXECUTE ON FUNCTION {function} TO {quoted}" for function in connection.scalars(_FUNCTIONS)
    ]
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.commit()


def what_is_wrong(connection: Connection) -> str | None:
    """Why row-level security would not apply to the role of a connection, and how to fix that; None if it applies."""
    row = connection.execute(_WHAT_IS_WRONG).one()
    if row.is_superuser:
        why = "is a superuser"
    elif row.bypasses:
        why = "has BYPASSRLS"
    elif row.owns:
        why = "owns the tables, or is a member of the role that does"
    else:
        return None
    return f"connects as {row.name}, which {why}, so organizations would not be isolated. {HOW_TO_MAKE_ROLES}"


def differences(connection: Connection) -> list[str]:
    """How the rights of a connection's role differ from those that `grant` gives, and which tables don't keep
    organizations apart; each as a sentence. Empty if all is right."""
    may: dict[str, set[str]] = {}
    for row in connection.execute(_MAY, {"privileges": list(_PRIVILEGES)}):
        may.setdefault(row.name, set()).add(row.privilege)
    found = []
    for table in connection.execute(_TABLES):
        wanted, has = set(_rights(table.name, table).split(", ")), may.get(table.name, set())
        for privilege in _PRIVILEGES:
            if privilege in wanted - has:
                found.append(f"The role may not {privilege} in the table {table.name}.")
            elif privilege in has - wanted:
                found.append(f"The role may {privilege} in the table {table.name}, which it never needs.")
    open_tables = connection.scalars(_NOT_APART)
    return found + [
        f"Row-level security is off for the table {table}, so organizations aren't isolated in it."
        for table in open_tables
    ]


def _rights(name: str, table: object) -> str:
    if name == "alembic_version":
        return "SELECT"
    if getattr(table, "append_only", False):
        return "SELECT, INSERT"
    return (
        "SELECT, INSERT, UPDATE"
        if getattr(table, "never_removed", False)
        else "SELECT, INSERT, UPDATE, DELETE"
    )
