"""A page acts for the organization that it was drawn for, or not at all: whatever it asks for, after a switch elsewhere."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.extensions import db
from app.models import User
from app.web.drawn_for import HEADER
from app.web.form_tokens import seal
from tests.factories import an_organization
from tests.support.browsing import HTMX, text_of
from tests.support.drawn_for import Group, guarded
from tests.support.sandbox import Sandbox
from tests.support.snapshots import everything

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def group(app: Flask, sandbox: Sandbox) -> Group:
    return Group(app)


def fields(group: Group) -> dict[str, str]:
    """What forms could hold."""
    return {
        "amount": "50",
        "card": str(group.card.id),
        "plan": "growth:month",
        "attempt": str(uuid4()),
        "legal_name": "Harbor Dental Ltd",
        "country": "US",
        "version": "0",
    }


def ways_to_ask(app: Flask, group: Group) -> list[tuple[str, str, dict[str, Any]]]:
    """Each method of each rule, in each way that a page drawn for Harbor says so."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    harbor = {HEADER: group.harbor.slug}
    for rule in guarded(app):
        address = group.address_of(rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            if method in CHANGING:
                form = {"data": fields(group) | {"csrf_token": group.drawn}}
                found += [(method, address, form), (method, address, form | {"headers": HTMX | harbor})]
                found.append(
                    (method, address, {"data": fields(group), "headers": {"X-CSRFToken": group.drawn}})
                )
            else:
                found.append((method, f"{address}?org={group.harbor.slug}", {}))
                found.append((method, f"{address}?amount=50&org={group.harbor.slug}", {"headers": HTMX}))
                found.append((method, address, {"headers": HTMX | harbor}))
    return found


@pytest.mark.long
def test_whatever_was_drawn_for_one_organization_is_refused_for_another_and_changes_nothing(
    app: Flask, group: Group, sandbox: Sandbox
) -> None:
    group.switch(group.pine)
    before, asked = everything(), len(sandbox.control.requests())
    tried = ways_to_ask(app, group)
    assert len(tried) > 80
    for method, address, options in tried:
        answer = group.client.open(address, method=method, **options)
        assert answer.status_code == 409, (method, address, options)
        if method != "HEAD":
            said = text_of(answer)
            assert "Harbor Dental" in said, (method, address)
            assert "Pine Realty" in said, (method, address)
            assert "$7.00" not in said, (method, address)
    assert everything() == before
    assert len(sandbox.control.requests()) == asked


@pytest.mark.long
def test_a_form_that_names_no_organization_is_refused(app: Flask, group: Group) -> None:
    before = everything()
    with group.client.session_transaction() as session:
        secret = session["csrf_token"]
    who = db.session.scalar(db.select(User.id).filter_by(email=group.email))
    nameless = seal(secret, str(who), None)
    for rule in guarded(app):
        for method in (rule.methods or set()) & CHANGING:
            answer = group.client.open(
                group.address_of(rule), method=method, data=fields(group) | {"csrf_token": nameless}
            )
            assert answer.status_code == 409, rule
    assert everything() == before


@pytest.mark.long
def test_the_same_organization_is_served_and_no_view_sees_the_parameter(app: Flask, group: Group) -> None:
    for rule in guarded(app):
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.endpoint == "wallet.show_call":
            continue
        campaign = "&calls=400&minutes=2" if rule.endpoint == "shell_parts.check_campaign" else ""
        answer = group.get(
            f"{rule.rule}?org={group.harbor.slug}{campaign}",
            headers=HTMX | {HEADER: group.harbor.slug},
            buffered=True,
        )
        assert answer.status_code < 400, rule
    assert "There is a problem" not in text_of(
        group.get(f"/billing/wallet/campaign-check?org={group.harbor.slug}")
    )


@pytest.mark.parametrize("slug", ["missing-s", "", "../..", "a" * 300, "%F0%9F%8C%B2"])
def test_an_organization_that_one_is_not_in_is_not_told_apart_from_none(
    app: Flask, group: Group, slug: str
) -> None:
    other = an_organization("Atlas Freight")
    answers = [group.get(f"/billing?org={one}") for one in (other.slug, slug)]
    assert [answer.status_code for answer in answers] == [409, 409]
    reference = r"Reference: \S+"
    said = [re.sub(reference, "", text_of(answer)) for answer in answers]
    assert said[0] == said[1]
    assert "Atlas" not in said[0]


def test_a_poll_says_so_in_place(group: Group) -> None:
    group.switch(group.pine)
    headers = HTMX | {
        HEADER: group.harbor.slug,
        "HX-Current-URL": "http://localhost/billing/wallet?kind=top_up",
    }
    answer = group.get("/billing/live/wallet", headers=headers)
    said = text_of(answer)
    assert "You switched to Pine Realty in another tab. This page still shows Harbor Dental." in said
    assert "data-refusal" in answer.text
    assert f'value="/billing/wallet?kind=top_up&amp;org={group.harbor.slug}"' in answer.text


@pytest.mark.long
def test_signing_in_again_leads_back_to_the_organization_of_the_page(app: Flask, group: Group) -> None:
    group.post("/sign-out")
    for organization in (group.pine, group.harbor):
        wanted = f"/billing/wallet?org={organization.slug}"
        asked = group.get(wanted)
        assert asked.status_code == 302
        assert group.sign_in(group.email, to=wanted).location == wanted
        assert organization.name in text_of(group.get(wanted))
        group.post("/sign-out")
