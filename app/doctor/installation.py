"""What is looked at: the settings as far as they can be read, and connections of the doctor's own to what they name.

It doesn't need an application that starts: what keeps the application from starting is what it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from app.billing.catalog import Catalog, file
from app.extensions import db
from app.models.scope import Reason, see_all
from app.payments import client as stripe_client
from app.payments import deadlines
from app.payments.deadlines import Deadline
from config import Settings
from database_addresses import SCHEME

CONNECT_SECONDS = 3
STATEMENT_SECONDS = 5


class NotSetError(Exception):
    """Something isn't set, or can't be read, so nothing behind it can be asked. The message names it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings, what is wrong with them, and how many seconds Stripe may take for one check."""

    settings: Settings
    problems: tuple[str, ...] = ()
    seconds: float = 10

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, *, seconds: float = 10
    ) -> Installation:
        """The installation that the environment describes, however little of it can be read."""
        problems: list[str] = []
        settings = Settings.from_environment(environ, problems=problems)
        return cls(settings, tuple(problems), seconds)

    def catalog(self) -> Catalog:
        """The catalog of the settings. Raises `CatalogError`."""
        return file.load(self.settings.catalog_path)

    @contextmanager
    def database(self) -> Iterator[Connection]:
        """A connection as the application's role, beside the application's session. Raises `NotSetError`, and what
        the driver raises."""
        with self._connected(_readable("DATABASE_URL", self.settings.database_url)) as connection:
            yield connection

    @contextmanager
    def replica(self) -> Iterator[Connection]:
        """The same to the replica."""
        address = _readable("DATABASE_REPLICA_URL", self.settings.database_replica_url)
        with self._connected(address) as connection:
            yield connection

    @contextmanager
    def _connected(self, address: str) -> Iterator[Connection]:
        with self._application(address).app_context():
            see_all(db.session(), Reason.OPERATOR)
            try:
                yield db.session.connection()
            finally:
                db.session.remove()

    @contextmanager
    def stripe(self) -> Iterator[None]:
        """A client for Stripe, which answers in time or not at all. Raises `NotSetError`."""
        if not self.settings.stripe_secret_key:
            raise NotSetError("STRIPE_SECRET_KEY isn't set.")
        with self._application().app_context():
            stripe_client.set_up(self.settings)
            before = deadlines.current.set(Deadline(self.seconds * 0.8))
            try:
                yield
            finally:
                deadlines.current.reset(before)

    def _application(self, address: str | None = None) -> Flask:
        app = Flask("doctor", static_folder=None)
        app.config["SETTINGS"] = replace(self.settings, stripe_timeout_seconds=STATEMENT_SECONDS)
        if address is not None:
            app.config["SQLALCHEMY_DATABASE_URI"] = address
            app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options()
            db.init_app(app)
        return app


def _readable(name: str, address: str) -> str:
    if not address:
        raise NotSetError(f"{name} isn't set.")
    try:
        url = make_url(address)
    except ArgumentError:
        raise NotSetError(f"{name} can't be read as an address.") from None
    if url.drivername != SCHEME:
        raise NotSetError(f"{name} must start with {SCHEME}://.")
    return address


def _engine_options() -> dict[str, Any]:
    options = f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=2s"
    connect = {
        "connect_timeout": CONNECT_SECONDS,
        "options": options,
        "application_name": "billing-doctor",
    }
    return {"poolclass": NullPool, "connect_args": connect}
