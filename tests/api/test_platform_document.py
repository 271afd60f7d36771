"""What docs/platform.md walks through is what the service does: its requests are sent, its answers are held against ours."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from standardwebhooks import Webhook

from app.billing.platform import endpoints
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from config import ROOT
from tests.factories import a_stripe_card
from tests.support import topping_up
from tests.support.platform import Platform
from tests.support.platform_receiver import receiving
from tests.support.sandbox import Sandbox, work_through

WHATEVER = "…"
WRITTEN_AT = datetime(2026, 11, 24, 9, 32, tzinfo=UTC)


@dataclass(frozen=True)
class Message:
    """A request or an answer as the document writes it: its first line, headers, and JSON."""

    first: str
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def walk() -> list[Message]:
    text = (ROOT / "docs" / "platform.md").read_text()
    part = text[text.index("## A call's life, in ten requests") :]
    return [message_of(block) for block in re.findall(r"```http\n(.*?)```", part, re.DOTALL)]


def message_of(block: str) -> Message:
    head, _, body = block.partition("\n\n")
    first, *lines = head.strip().splitlines()
    return Message(first, dict(line.split(": ", 1) for line in lines), body.strip())


def assert_same(told: Any, written: Any, at: str = "") -> None:
    """Whether an answer is as it is written, but for what the document leaves out."""
    if written == WHATEVER:
        return
    if isinstance(written, dict):
        assert isinstance(told, dict), at
        assert told.keys() == written.keys(), at
        for key, value in written.items():
            assert_same(told[key], value, f"{at}/{key}")
    elif isinstance(written, list):
        assert len(told) == len(written), at
        for place, value in enumerate(written):
            assert_same(told[place], value, f"{at}/{place}")
    else:
        assert told == written, at


def test_the_walk_is_as_the_service_answers(app: Flask, sandbox: Sandbox) -> None:
    platform = Platform(app)
    messages = walk()
    sent, later = 0, utc_now() - WRITTEN_AT
    with receiving() as receiver:
        _, secret = endpoints.add(receiver.url)
        db.session.commit()
        while messages:
            request = messages.pop(0)
            method, path = request.first.split(" ")
            if path == "/billing-events":
                top_up(app)
                assert_told(receiver.requests, secret, request)
                continue
            answer = messages.pop(0)
            response = platform.open(method, path.removeprefix("/api/v1"), **content_of(request, later))
            sent += 1
            assert response.status_code == int(answer.first.split(" ")[1]), response.text
            assert_same(response.json, answer.json, f"{sent}. {request.first}")
    assert sent == 10


def content_of(request: Message, later: timedelta) -> dict[str, Any]:
    """The body, its events used `later` than the document says: its day is long over."""
    if not request.body:
        return {}
    body = re.sub(
        r'(?<="time": ")[^"]+',
        lambda found: (datetime.fromisoformat(found[0]) + later).isoformat(),
        request.body,
    )
    return {"data": body, "headers": {"Content-Type": request.headers["Content-Type"]}}


def top_up(app: Flask) -> None:
    organization = db.session.scalars(db.select(Organization)).one()
    topping_up.pay(organization, a_stripe_card(organization), "50")
    db.session.commit()
    work_through(app)


def assert_told(requests: list[tuple[dict[str, str], str]], secret: str, written: Message) -> None:
    """The message is among those that came, with the headers that the document names, and its signature is right."""
    found = [
        (headers, body) for headers, body in requests if json.loads(body)["type"] == written.json["type"]
    ]
    ((headers, body),) = found
    named = {name.lower(): value for name, value in headers.items()}
    assert {name.lower() for name in written.headers} <= named.keys()
    assert_same(Webhook(secret).verify(body, named), written.json)
