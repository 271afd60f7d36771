"""Memory of a process doesn't grow with who asks, and for what.

A process serves organizations, tokens, addresses and names without end. So nothing that stays may have an entry for
each: no dictionary by organization or path, no label of a metric, no cache without a limit. Every container in the
process is counted, ours and the libraries', before and after as many others have asked for as much.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import weakref
from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from psycopg._preparing import PrepareManager

from app.server.running import Answer
from app.server.spool import DiskBudget
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform

MANY = 5
_numbers = count(1)
BOUNDED = {
    # 10,000 (`app.people.known_tokens`).
    "app.people.known_tokens.KnownToken",
    # The tokens of a minute (`app.api.limits`).
    "app.api.limits._Portion",
}
"""Classes of what may have an entry for each who asks, and how many there are at most."""


def asked_by_others(app: Flask) -> None:
    """An organization, its owner, a token, a browser and an address, none of which was there before, ask for one of
    everything, and for what isn't there."""
    number = next(_numbers)
    organization = an_organization(f"Organization {number}", credit="10")
    platform = Platform(app, organization=organization)
    event = a_cloudevent(
        organization,
        f"event-{number}",
        data={"quantity": 60 + number, "campaign": f"Campaign {number}", "agent": f"Agent {number}"},
    )
    platform.open("POST", "/usage", json=event, content_type="application/cloudevents+json")
    key = f"call-{uuid4()}"
    hold = {"organization": str(organization.id), "amount": "0.10", "lease_seconds": 60}
    platform.put(f"/holds/{key}", hold)
    platform.open("DELETE", f"/holds/{key}")
    platform.get(f"/organizations/{organization.id}/status")
    platform.get(f"/organizations/{organization.id}/transfers")
    client = app.test_client()
    others = {
        "REMOTE_ADDR": f"198.51.100.{number}",
        "HTTP_USER_AGENT": f"Browser/{number}",
        "HTTP_ACCEPT_LANGUAGE": f"de-{number:03}, fr;q=0.{number}, x-{uuid4().hex[:6]}",
    }
    for path in (f"/{uuid4()}", f"/api/v1/{uuid4()}", f"/billing/{uuid4()}", f"/static/{uuid4()}.js"):
        client.get(path, environ_overrides=others)
    client.open("/healthz", method=f"METHOD{number}", environ_overrides=others)
    client.get("/api/v1/usage", headers={"Authorization": f"Bearer vpb_{uuid4().hex}"})
    client.post("/csp-reports", json={"csp-report": {"blocked-uri": f"https://{uuid4()}.example/"}})
    Visitor(app.test_client()).sign_in(f"{uuid4()}@nowhere.example", "not the password")
    owner = Visitor(app.test_client())
    owner.sign_in(a_person(email=f"owner-{number}@example.com", organization=organization).email)
    for path in (
        "/billing",
        "/billing/wallet",
        f"/billing/wallet?call={key}",
        f"/billing/wallet/top-ups/{uuid4()}",
    ):
        owner.get(path, environ_overrides=others)


def containers() -> Iterator[tuple[int, Any, int]]:
    """Everything that can have entries, with how many; but for the statements that psycopg has prepared on each
    connection, of which it keeps 100."""
    gc.unfreeze()
    gc.collect()
    there = gc.get_objects()
    managers = [one for one in there if isinstance(one, PrepareManager)]
    prepared = {id(part) for one in managers for part in (one._counts, one._names)}
    for one in there:
        if id(one) in prepared:
            continue
        if type(one) in {dict, list, set, deque, OrderedDict} or isinstance(one, dict | OrderedDict):
            yield id(one), one, len(one)
        elif isinstance(one, functools._lru_cache_wrapper):
            yield id(one), one, one.cache_info().currsize


def is_bounded(one: Any) -> bool:
    if isinstance(one, functools._lru_cache_wrapper):
        return one.cache_info().maxsize is not None
    entries = one.values() if isinstance(one, dict) else one
    return all(f"{type(entry).__module__}.{type(entry).__qualname__}" in BOUNDED for entry in entries)


def described(one: Any) -> str:
    if isinstance(one, functools._lru_cache_wrapper):
        return f"{one.__module__}.{one.__qualname__}"
    entries = list(one.items() if isinstance(one, dict) else one)[-2:]
    return f"a {type(one).__name__} of {str(entries)[:300]}"


@pytest.fixture
def no_log() -> Iterator[None]:
    """Nothing is logged: what pytest captures for its report is kept for as long as a test runs."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.long
def test_no_container_has_an_entry_for_each_who_asks(app: Flask, no_log: None) -> None:
    for _ in range(2):
        asked_by_others(app)
    before = {key: length for key, _, length in containers()}
    for _ in range(MANY):
        asked_by_others(app)
    grown = [
        one
        for key, one, length in list(containers())
        if length - before.get(key, length) > MANY - 1 and not is_bounded(one)
    ]
    assert [described(one) for one in grown] == []


def test_a_response_that_was_sent_is_gone_without_collecting_garbage(app: Flask) -> None:
    async def answered() -> weakref.ref[Answer]:
        answer = Answer(asyncio.get_running_loop(), DiskBudget(0))
        environ: dict[str, Any] = {"PATH_INFO": "/", "wsgi.input": BytesIO()}

        def application(_: dict[str, Any], start: Any) -> list[bytes]:
            start("200 OK", [("Content-Length", "5")])
            return [b"12345"]

        answer.run(application, environ)
        assert (await answer.head).body == b"12345"
        answer.spool.close()
        return weakref.ref(answer)

    gc.disable()
    try:
        # A thread of its own: where a browser is driven, this one has a loop already.
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(asyncio.run, answered()).result()() is None
    finally:
        gc.enable()
