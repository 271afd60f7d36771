"""`POST /usage` over HTTP: batches, one event, gzip; what can't be a batch; who may report for whom."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.api import usage
from app.api.problems import ProblemError
from app.billing.wallet import verification
from app.extensions import db
from app.models import RejectedEvent, UsageEvent, Wallet
from app.people.tokens import Scope
from tests.factories import an_organization, usd
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform, is_problem

BATCH = "application/cloudevents-batch+json"


def send(
    platform: Platform, events: Any, *, content_type: str = BATCH, headers: dict[str, str] | None = None
) -> TestResponse:
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    return platform.open("POST", "/usage", data=body, content_type=content_type, headers=headers or {})


def test_a_batch_is_taken_once_however_often_it_is_sent(platform: Platform) -> None:
    organization = an_organization(credit="10")
    batch = [a_cloudevent(organization, f"e{n}", data={"quantity": 100_000}) for n in range(3)]
    assert send(platform, batch).json == {"accepted": 3, "duplicates": 0, "refused": []}
    assert send(platform, batch).json == {"accepted": 0, "duplicates": 3, "refused": []}
    db.session.rollback()
    wallet = db.session.get_one(Wallet, (organization.id,), populate_existing=True)
    assert wallet.posted == usd("10") - usd("3.60")
    assert verification.check() == []


def test_one_event_comes_as_an_object(platform: Platform) -> None:
    event = a_cloudevent(an_organization(credit="10"))
    answer = send(platform, event, content_type="application/cloudevents+json; charset=utf-8")
    assert answer.json["accepted"] == 1


def test_gzip_is_taken(platform: Platform) -> None:
    body = gzip.compress(json.dumps([a_cloudevent(an_organization(credit="10"))]).encode())
    assert send(platform, body, headers={"Content-Encoding": "gzip"}).json["accepted"] == 1


def test_the_refused_are_named_and_kept_beside_the_taken(platform: Platform) -> None:
    organization = an_organization(credit="10")
    bad = a_cloudevent(organization, "bad", data={"quantity": "60"})
    answer = send(platform, [a_cloudevent(organization), bad])
    assert answer.status_code == 200
    assert answer.json["refused"] == [
        {"index": 1, "field": "data.quantity", "reason": "Expected `int`, got `str`"}
    ]
    assert db.session.scalars(db.select(RejectedEvent.event_id)).all() == ["bad"]


def test_a_thousand_events_are_a_batch_and_one_more_is_not(platform: Platform) -> None:
    organization = an_organization(credit="10")
    events = [a_cloudevent(organization, f"e{n}") for n in range(1_001)]
    assert is_problem(send(platform, events), "too-many-events", 422)
    assert db.session.scalars(db.select(UsageEvent.event_id)).all() == []
    assert send(platform, events[:1_000]).json["accepted"] == 1_000


def test_a_batch_of_far_too_many_is_refused_before_it_fills_the_memory(
    app: Flask, platform: Platform
) -> None:
    """Decoded, an element takes fifty times the memory of its two bytes."""
    many = b"[" + b"0," * 500_000 + b"0]"
    tracemalloc.start()
    with app.test_request_context(method="POST", content_type=BATCH), pytest.raises(ProblemError) as refused:
        usage._events(many)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.kind is usage.TOO_MANY_EVENTS
    assert peak < len(many)
    assert is_problem(send(platform, many), "too-many-events", 422)


def test_commas_in_texts_make_no_more_events(platform: Platform) -> None:
    organization = an_organization(credit="10")
    texts = dict.fromkeys(("call", "campaign", "agent", "number"), "," * 255)
    batch = [a_cloudevent(organization, f"e{n}", data=texts) for n in range(100)]
    sent = json.dumps([*batch, {"not": "," * 20_000}]).encode()
    assert sent.count(b",") > usage._MANY
    assert send(platform, sent).json["accepted"] == 100


@pytest.mark.parametrize(
    ("body", "content_type", "headers", "problem", "status"),
    [
        (b"", BATCH, {}, "malformed-request", 400),
        (b"{}", BATCH, {}, "malformed-request", 400),
        (b"[1,", BATCH, {}, "malformed-request", 400),
        (b"[]", "application/json", {}, "unsupported-media-type", 415),
        (b"[]", "text/plain", {}, "unsupported-media-type", 415),
        (b"no gzip", BATCH, {"Content-Encoding": "gzip"}, "malformed-request", 400),
        (b"[" + b" " * 10_500_000 + b"]", BATCH, {}, "too-large", 413),
        (gzip.compress(b" " * 50_000_000), BATCH, {"Content-Encoding": "gzip"}, "too-large", 413),
    ],
)
def test_what_is_no_batch_is_refused_whole(
    platform: Platform, body: bytes, content_type: str, headers: dict[str, str], problem: str, status: int
) -> None:
    assert is_problem(send(platform, body, content_type=content_type, headers=headers), problem, status)


def test_an_empty_batch_is_taken_for_what_it_is(platform: Platform) -> None:
    assert send(platform, []).json == {"accepted": 0, "duplicates": 0, "refused": []}


def test_a_token_needs_the_scope_and_reports_for_its_own_organization_alone(app: Flask) -> None:
    one, other = an_organization(credit="10"), an_organization(credit="10")
    assert is_problem(send(Platform(app, Scope.STATUS_READ), []), "missing-scope", 403)
    bound = Platform(app, Scope.USAGE_WRITE, organization=one)
    answer = send(bound, [a_cloudevent(one), a_cloudevent(other), a_cloudevent(uuid4())])
    assert (answer.json["accepted"], [one["index"] for one in answer.json["refused"]]) == (1, [1, 2])
