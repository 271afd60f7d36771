"""An installation that is all right, and what a test breaks of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import reconciliation
from app.billing.platform import endpoints
from app.database import roles
from app.doctor import Installation, Report, examine
from app.extensions import db
from app.stripe_events.handling import HANDLERS
from config import Settings
from tests.support import mail_server, portal_shell
from tests.support.database import owner
from tests.support.mail_server import MailServer
from tests.support.openid_provider import Provider
from tests.support.portal_shell import PortalShell
from tests.support.sandbox import Sandbox
from tests.support.serving import place, serving
from tests.support.synced_catalog import run as sync

SECONDS = 20.0


class Place:
    """An installation: its settings, and the servers that they name."""

    def __init__(self, app: Flask, sandbox: Sandbox, shell: PortalShell, provider: Provider) -> None:
        self.app, self.sandbox, self.shell, self.provider = app, sandbox, shell, provider
        self.settings: Settings = app.config["SETTINGS"]

    def change(self, **changes: Any) -> None:
        """Let settings say something else."""
        self.settings = replace(self.settings, **changes)

    def run(self, statement: str, **values: Any) -> None:
        """Change rows."""
        db.session.execute(text(statement), values)
        db.session.commit()

    def add_endpoint(self, **changes: Any) -> None:
        """A webhook endpoint at Stripe that is right but for the changes."""
        known = {"url": f"{self.settings.public_url}/webhooks/stripe", "enabled_events": list(HANDLERS)}
        self.sandbox.stripe.v1.webhook_endpoints.create(known | changes)  # type: ignore[arg-type]

    def examine(self, *only: str, seconds: float = SECONDS) -> dict[str, Report]:
        """What the doctor says, by check."""
        db.session.rollback()
        installation = Installation(self.settings, seconds=seconds)
        return {report.name: report for report in examine(installation, only)}


@pytest.fixture(scope="module")
def shell() -> Iterator[PortalShell]:
    with portal_shell.running() as found:
        yield found


@pytest.fixture
def installation(app: Flask, sandbox: Sandbox, shell: PortalShell, provider: Provider) -> Place:
    """Only its settings and servers: no row, and nothing at Stripe."""
    shell.start_over()
    found = Place(app, sandbox, shell, provider)
    found.change(shell=shell.settings(), identity_provider=provider.settings())
    return found


@pytest.fixture
def whole(installation: Place, mail: MailServer) -> Iterator[Place]:
    """All of it, and served."""
    with place() as at, serving(installation.app, at) as url:
        installation.change(public_url=url, smtp_url=f"smtp://{mail.address}")
        sync(installation.app)
        installation.add_endpoint()
        endpoints.add("http://127.0.0.1:9/events")
        installation.run("INSERT INTO procrastinate_workers DEFAULT VALUES")
        reconciliation.run()
        yield installation


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server.running() as found:
        yield found


@pytest.fixture
def schema(installation: Place) -> Iterator[Any]:
    """Changes tables as their owner; in the end all is as migrations and `grant` leave it."""

    def change(*statements: str) -> None:
        db.session.rollback()
        with owner().begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    with owner().connect() as connection:
        newest = connection.scalar(text("SELECT version_num FROM alembic_version"))
    yield change
    change(
        f"UPDATE alembic_version SET version_num = '{newest}'",
        "ALTER TABLE hold ENABLE ROW LEVEL SECURITY",
    )
    with owner().connect() as connection:
        roles.grant(connection, roles.name_of(installation.app.config["SETTINGS"].database_url))
