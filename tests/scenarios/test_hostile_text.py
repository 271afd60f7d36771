"""Whatever characters a path, a query, a form or a body carries, the answer says what to do; it is never an error of
ours. And whatever is stored already can be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import msgspec
import pytest
from flask import Flask

from app import text
from app.api import SECTIONS
from app.api.openapi import path_of
from app.extensions import db
from app.models import TopUp
from tests.factories import at
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.moving import use
from tests.support.paying import Owner
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox
from tests.support.url_map import address, parameter_names, rules, text_arguments

UNSTORABLE = "owner\0@test.example"
STORABLE = [
    "\ufeff",
    "\ufeffowner@test.example",
    "\u202e\x1b[2J\x85\u2028\ufffe\r\nX-Header: y",
    "😀\u200d%00%ED%A0%80",
]
IN_WORDS = {400, 422}
"""What says that the text can't be used."""

HARMFUL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def answers(
    app: Flask, who: Visitor, hostile: str, method: str, token: str | None, **known: Any
) -> Iterator[tuple[str, int]]:
    """The status that `who` gets with `hostile` at each place of each request that the application takes."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    everywhere = dict.fromkeys(parameter_names(), hostile)

    def ask(place: str, **options: Any) -> int:
        return who.client.open(place, method=method, headers=headers, buffered=True, **options).status_code

    for rule in rules(app, method):
        if rule.endpoint == "auth.sign_out":
            continue  # it reads nothing, and would end the walk
        place = address(app, rule, known)
        yield f"{rule} query", ask(f"{place}?{urlencode(everywhere)}")
        if method in {"POST", "PUT"} and not rule.endpoint.startswith("api."):  # which takes no form
            yield f"{rule} form", ask(place, data=everywhere | {"csrf_token": who.token()})
        for argument in text_arguments(rule):
            marked = address(app, rule, known | {argument: "-HERE-"})
            yield f"{rule} path", ask(marked.replace("-HERE-", quote(hostile, safe="")))


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="100")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("signed_in", [True, False], ids=["owner", "missing"])
def test_text_that_can_t_be_stored_is_refused_in_words_wherever_it_comes(
    app: Flask, owner: Owner, method: str, signed_in: bool
) -> None:
    who = owner if signed_in else Visitor(app.test_client())
    token = Platform(app).text if signed_in else None
    told = answers(app, who, UNSTORABLE, method, token, UUIDConverter=uuid4())
    assert [(what, status) for what, status in told if status not in IN_WORDS] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("hostile", STORABLE, ids=ascii)
def test_any_other_text_is_answered_too(app: Flask, owner: Owner, method: str, hostile: str) -> None:
    told = answers(app, owner, hostile, method, Platform(app).text, UUIDConverter=a_top_up(owner))
    assert [(what, status) for what, status in told if status >= 500 and not what.startswith("/readyz")] == []


def test_an_id_of_stripe_s_that_can_t_be_one_never_reaches_stripe(owner: Owner) -> None:
    for hostile in (*STORABLE, "../customers", "seti_1?expand=x", "pm_1/detach"):
        card = {"card": "another", "confirmation_token": hostile, "amount": "50"}
        assert owner.post("/billing/wallet/top-ups", card).status_code == 422
        assert owner.post("/billing/payment-methods", {"setup_intent": hostile}).status_code in {303, 422}
        assert (
            owner.get("/billing/payment-methods/new", query_string={"setup_intent": hostile}).status_code
            < 500
        )


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ("/billing/details", "legal_name"),
        ("/billing/details", "emails"),
        ("/billing/wallet/top-ups", "other_amount"),
        ("/sign-in", "email"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_keeps_what_was_typed_and_says_which_field_is_wrong(
    app: Flask, owner: Owner, place: str, field: str, headers: dict[str, str]
) -> None:
    who = Visitor(app.test_client()) if place == "/sign-in" else owner
    typed = {"legal_name": "Harbor Dental", "email": "x", "amount": "other", "password": "x", "version": "0"}
    answer = who.post(place, typed | {field: "Har\0bor"}, headers=headers)
    assert answer.status_code == 422
    assert "Har\ufffdbor" in answer.text
    assert "can't be stored" in text_of(answer) or field == "other_amount"
    assert 'name="csrf_token"' in answer.text


def test_a_search_keeps_what_was_typed_too(owner: Owner) -> None:
    answer = owner.get("/billing/wallet/campaign-check?calls=1%000&answered=65")
    assert answer.status_code == 422
    assert 'value="1\ufffd0"' in answer.text
    assert 'value="65"' in answer.text


def test_what_no_one_sees_is_not_kept_of_a_line(owner: Owner) -> None:
    saved = owner.post("/billing/details", {"legal_name": "\ufeff Har\u202ebor\x07 \u200b", "version": "0"})
    assert saved.status_code == 303
    assert 'value="Harbor\ufffd"' in owner.get("/billing/details").text


def test_the_api_says_which_parameter_can_t_be_stored(app: Flask, owner: Owner) -> None:
    platform = Platform(app)
    refused = platform.get(f"/organizations/{owner.organization.id}/calls/a%00b")
    assert refused.status_code == 400
    assert refused.json["errors"][0]["parameter"] == "call"


@pytest.mark.parametrize("name", ["\ufeff", "\u200b \ufeff", "\u202e"])
def test_an_organization_has_a_name_that_can_be_seen(app: Flask, name: str) -> None:
    refused = Platform(app).put(f"/organizations/{uuid4()}", {"name": name, "timezone": "UTC"})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/name"


ESCAPED = [r"a\u0000b", r"\ud800", r"\udfff\ud800", r"\ufeff", r"\u202e\u0007\u0085\ufffe"]
BODIES = [endpoint for section in SECTIONS for endpoint in section.endpoints if endpoint.body is not None]


@pytest.mark.parametrize("endpoint", BODIES, ids=lambda one: one.name)
def test_every_text_of_a_body_may_be_hostile(app: Flask, owner: Owner, endpoint: Any) -> None:
    platform = Platform(app)
    example = msgspec.to_builtins(endpoint.body.example)
    path = path_of(endpoint).removeprefix("/api/v1").replace("{org_id}", str(owner.organization.id))
    path = re.sub(r"\{\w+\}", "call-1", path)
    for body, hostile in product(bodies_with(example, "-HERE-"), ESCAPED):
        answer = platform.client.open(
            f"/api/v1{path}",
            method=endpoint.method,
            data=msgspec.json.encode(body).decode().replace("-HERE-", hostile).encode(),
            content_type=endpoint.body.media_types[0],
            headers={"Authorization": f"Bearer {platform.text}"},
        )
        assert answer.status_code < 500, (body, answer.text)
        is_taken = answer.status_code < 300 and not (answer.json or {}).get("refused")
        assert not is_taken or r"\u0000" not in hostile, body


def bodies_with(value: Any, hostile: str) -> Iterator[Any]:
    """The value with one of its texts exchanged for `hostile`, each in turn."""
    if isinstance(value, str):
        yield hostile
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (value | {name: changed} for changed in bodies_with(inner, hostile))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from (
                [*value[:place], changed, *value[place + 1 :]] for changed in bodies_with(inner, hostile)
            )


def test_whatever_is_stored_can_be_shown_on_every_page(app: Flask, owner: Owner) -> None:
    worst = "\ufeff\u202e\x07\x1b\x85\u2028\ufffe\U0001fffe<b>😀שלום\r\nX-Header: y"
    owner.organization.name = worst
    use(owner.organization, 100_001, at("2026-09-01 08:00"), campaign=worst, agent=worst)
    db.session.commit()
    known = {"UUIDConverter": a_top_up(owner), "month": "2026-09"}
    for rule in rules(app):
        answer = owner.get(address(app, rule, known), buffered=True)
        assert answer.status_code < 500 or rule.endpoint == "health.readyz", rule
        if answer.mimetype == "text/html":
            assert HARMFUL.search(answer.text) is None, rule
    assert text.shown("😀שלום") in owner.get("/workplace/invoices/statements/2026-09").text


def a_top_up(owner: Owner) -> Any:
    owner.choose("50")
    return db.session.scalar(db.select(TopUp.id).filter_by(org_id=owner.organization.id))
