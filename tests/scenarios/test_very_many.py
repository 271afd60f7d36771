"""However much an organization has, no answer grows without end."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.extensions import db
from app.models import PaymentMethod, Role, TopUp, User, WalletLine
from tests.factories import a_person
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.paying import Owner
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox
from tests.support.url_map import address, rules
from tests.support.very_many import CALL, MANY, fill

OF_NO_ORGANIZATION = {"api_docs.show", "api.show_document"}
"""What is the same for everyone."""
LARGEST = 160 * 1024
"""Bytes of an answer that isn't a download: less than five hundred cards, calls or campaigns take. The two hundred
limits that an organization can have take most of it."""


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    found = Owner(app)
    found.choose("50")
    fill(found.organization, db.session.scalars(db.select(User).filter_by(email=found.email)).one())
    return found


def test_no_answer_grows_without_end(app: Flask, owner: Owner) -> None:
    organization = owner.organization
    ids = {
        "top_up_id": db.session.scalar(db.select(TopUp.id).filter_by(org_id=organization.id)),
        "card_id": db.session.scalar(db.select(PaymentMethod.id).filter_by(org_id=organization.id)),
        "line_id": db.session.scalar(
            db.select(WalletLine.id).filter_by(org_id=organization.id, kind="usage")
        ),
        "org_id": organization.id,
        "UUIDConverter": organization.id,
        "month": "2026-09",
        "call": CALL,
    }
    bearer = {"Authorization": f"Bearer {Platform(app).text}"}
    sizes: dict[str, Any] = {}
    for rule in rules(app):
        place = address(app, rule, ids)
        for headers in ({}, HTMX):
            answer = owner.get(
                f"{place}?call={CALL}" if "api" not in place else place,
                headers=bearer | headers,
                buffered=True,
            )
            assert answer.status_code < 500 or rule.endpoint == "health.readyz", (rule, answer.status_code)
            if (
                rule.endpoint not in OF_NO_ORGANIZATION
                and "Content-Disposition" not in answer.headers
                and not rule.endpoint.startswith("assets")
            ):
                sizes[f"{rule} {bool(headers)}"] = len(answer.data)
    assert {what: size for what, size in sizes.items() if size > LARGEST} == {}
    # Nor does what someone without the role is told.
    visitor = Visitor(app.test_client())
    visitor.begin_session(a_person(organization=owner.organization, role=Role.MEMBER).email)
    refused = visitor.get("/billing")
    assert refused.status_code == 403
    assert len(refused.data) < LARGEST


@pytest.mark.representative
def test_what_a_page_leaves_out_is_said_with_its_sum(app: Flask, owner: Owner) -> None:
    statement = text_of(owner.get("/workplace/invoices/statements/2026-09"))
    assert f"{MANY + 1 - 100:,} more, listed in the CSV file" in statement
    line_id = db.session.scalar(
        db.select(WalletLine.id).filter_by(org_id=owner.organization.id, kind="usage")
    )
    assert "more, listed in the month's CSV file" in text_of(owner.get(f"/billing/wallet/lines/{line_id}"))
    assert "more lines" in text_of(owner.get(f"/billing/wallet/calls?call={CALL}"))
    assert f"All {MANY:,} calls in progress" in text_of(owner.get("/billing/wallet"))
    call = Platform(app).get(f"/organizations/{owner.organization.id}/calls/{CALL}").json
    assert len(call["lines"]) == 200
    assert call["more_lines"] > 0
    assert len(call["campaigns"]) == 100
    names = ["x" * 200] * 1000
    for kind in ("agent_names", "campaign_names"):
        told = Platform(app).put(f"/organizations/{owner.organization.id}/resources", {kind: names})
        assert (told.status_code, len(told.json[kind])) == (200, 200)
    # No more cards are saved than pages show.
    refused = owner.post("/billing/payment-methods/setups", {"attempt": str(uuid4())})
    assert refused.status_code == 422
    assert "at most 50 cards" in refused.json["error"]
    page = owner.get("/billing/payment-methods")
    assert page.text.count('<li class="saved-card"') == 50
    assert f"{MANY + 1 - 50} older cards aren't shown" in text_of(page)


@pytest.mark.representative
def test_every_call_in_progress_is_on_one_of_the_pages(app: Flask, owner: Owner) -> None:
    seen, place = list[str](), "/billing/wallet/calls-in-progress"
    while place:
        page = owner.get(place)
        seen += re.findall(r'<tr id="hold-([^"]+)"', page.text)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        place = unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == MANY


def test_someone_of_very_many_organizations_finds_and_switches_to_each(app: Flask, owner: Owner) -> None:
    page = owner.get("/billing")
    assert "Switch organization" in text_of(page)
    seen, place = list[str](), "/organization"
    while place:
        page = owner.get(place)
        seen += re.findall(r'name="organization" value="([^"]+)"', page.text)
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        place = unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == MANY + 1
    found = owner.get("/organization?name=of+many+77")
    [wanted] = re.findall(r'value="([^"]+)">Switch<span class="visually-hidden"> to Of many 77<', found.text)
    assert owner.post("/organization", {"organization": wanted}).status_code == 302
    assert "Of many 77 (current)" in text_of(owner.get("/organization?name=of+many+77"))
