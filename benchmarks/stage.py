"""What the sections about the API need: organizations with credit, a token, and requests over a kept connection."""

from __future__ import annotations

import gc
import http.client
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from flask import Flask

from app import create_app
from app.billing.wallet import calling_state, ledger
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import AccountName, Organization, TransferKind
from app.models.scope import Reason, seeing_all
from app.money import Money
from app.people import organizations, tokens
from app.people.tokens import Scope
from config import Settings
from dev.errors import ToolError


def application(environment: Mapping[str, str]) -> Flask:
    """The product in this process, on the same database. What is loaded by now is left out of collecting garbage, as
    the server's processes do it (`gunicorn.conf.py`)."""
    app = create_app(Settings.from_environment({**environment, "LOG_LEVEL": "ERROR"}))
    gc.collect()
    gc.freeze()
    return app


def conninfo(environment: Mapping[str, str]) -> str:
    """The database as its owner, whom no wall stops: for what is measured against, and for filling tables."""
    url = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]
    return url.replace("+psycopg", "", 1)


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """An application context that sees all organizations."""
    with app.app_context(), seeing_all(Reason.DEMO):
        yield


def an_organization(name: str, *, credit: str = "0") -> Organization:
    """A new organization, whose name begins with `name`. In an application context."""
    unique = f"{name} {uuid7().hex}"
    made = organizations.create_organization(unique, timezone="America/New_York")
    amount = Money.parse(credit, made.currency)
    if amount:
        wallet, now = ledger.lock(made.id), utc_now()
        source = f"benchmark:{uuid7()}"
        debit, credited = AccountName.ADJUSTMENTS, AccountName.WALLET
        ledger.post(wallet, Entry(TransferKind.CREDIT, source, debit, credited, amount, now))
        calling_state.reassess(wallet, now)
    db.session.commit()
    return made


def a_token(*scopes: Scope) -> str:
    """A token for these scopes. In an application context."""
    _, text = tokens.create("benchmark", scopes)
    db.session.commit()
    return text


METERS = ("calls_outbound", "tokens_in", "tokens_out", "speech_to_text", "text_to_speech")


def usage_events(name: object, ids: Sequence[UUID], count: int) -> bytes:
    """Usage of a minute ago in which organizations and meters take turns; the ids of its events begin with `name`."""
    started = datetime.now(UTC) - timedelta(minutes=1)
    events = [
        {
            "specversion": "1.0",
            "type": "voice-portal.usage.v1",
            "source": "https://portal.example/calls",
            "id": f"{name}-{place}",
            "time": (started + timedelta(milliseconds=place)).isoformat(),
            "data": {
                "organization": str(ids[place % len(ids)]),
                "meter": METERS[place % len(METERS)],
                "quantity": 30 + place % 90,
                "call": f"call-{name}-{place // len(METERS)}",
                "campaign": f"Campaign {place % 7}",
                "agent": f"Agent {place % 5}",
            },
        }
        for place in range(count)
    ]
    return msgspec.json.encode(events)


class Connection:
    """One client's connection to the API, kept open."""

    def __init__(self, address: str, token: str) -> None:
        where = urlsplit(address)
        self._connection = http.client.HTTPConnection(where.hostname or "", where.port)
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: bytes, media_type: str = "application/json") -> tuple[int, Any]:
        """The status and the decoded JSON of the answer."""
        self._connection.request("POST", f"/api/v1{path}", body, self._headers | {"Content-Type": media_type})
        answer = self._connection.getresponse()
        return answer.status, msgspec.json.decode(answer.read())

    def get(self, path: str) -> bytes:
        """The body of the answer. Raises `ToolError` when that isn't 200."""
        self._connection.request("GET", f"/api/v1{path}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != HTTPStatus.OK:
            raise ToolError(f"{path} was answered with {answer.status}: {body!r}")
        return body

    def close(self) -> None:
        self._connection.close()
