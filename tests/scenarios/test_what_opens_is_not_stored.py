"""Someone who reads the database, or a copy of it, finds nothing that opens anything."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Connection, text

from app.extensions import db
from app.models import OperatorRole, Organization
from app.operators import accounts
from app.operators.trail import COMMAND
from app.people import sessions
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.database import as_superuser
from tests.support.platform import Platform

_TABLES = text(
    "SELECT quote_ident(table_name) FROM information_schema.tables "
    "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
)


def opening(app: Flask, organization: Organization) -> dict[str, str]:
    """What opens something, by what it is: each was made a moment ago."""
    platform = Platform(app)
    address = f"/organizations/{organization.id}"
    wanted = {"name": organization.name, "timezone": "UTC", "owners": ["ruth@harbor.example"]}
    assert platform.put(address, wanted).status_code == 200
    invited = platform.post(
        f"{address}/invitations", {"email": "ruth@harbor.example"}, headers={"Idempotency-Key": "ruth-1"}
    )
    person = a_person("sam@harbor.example", organization=organization)
    with transaction():
        session = sessions.start(person, address="127.0.0.1")
        link = accounts.add("dana@operator.example", name="Dana", role=OperatorRole.SUPPORT, doer=COMMAND)
    return {
        "a token of the API": platform.text,
        "an invitation": invited.json["link"].rpartition("/")[2],
        "a session": session,
        "an operator's link": link,
    }


def tables_with(connection: Connection, secret: str) -> list[str]:
    """The tables with a row that has it, in text or in bytes."""
    asked = {"plain": f"%{secret}%", "bytes": f"%{secret.encode().hex()}%"}
    return [
        table
        for table in connection.scalars(_TABLES).all()
        if connection.scalar(
            text(f"SELECT EXISTS (SELECT FROM {table} r WHERE r::text LIKE :plain OR r::text LIKE :bytes)"),
            asked,
        )
    ]


def test_what_opens_something_is_in_no_table(app: Flask) -> None:
    organization = an_organization()
    found = opening(app, organization)
    db.session.commit()
    with as_superuser() as connection:
        assert tables_with(connection, organization.name), "what is stored is found"
        assert tables_with(connection, "ruth-1") == ["kept_answer"]
        assert {what: tables_with(connection, secret) for what, secret in found.items()} == {
            what: [] for what in found
        }
