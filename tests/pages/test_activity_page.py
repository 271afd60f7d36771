"""The audit trail as owners read it: in words, filtered, page by page, and as CSV."""

from __future__ import annotations

import ast
import csv
import io
import re
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing import audit, catalog
from app.billing.audit import Action, Actor, trail
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, Organization, Role
from app.pages.activity import wording
from config import ROOT
from tests.factories import a_card, a_person, an_organization, at
from tests.support.browsing import Visitor, text_of
from tests.support.database import behind_the_scenes

PAGE = "/billing/activity"
RECORDING = {"audit.record", "own_trail.record"}


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor Dental", timezone="America/New_York")


@pytest.fixture
def owner(visitor: Visitor, harbor: Organization) -> Visitor:
    """Dana, signed in; nothing is recorded yet."""
    visitor.begin_session(a_person("dana@harbor.example", organization=harbor).email)
    with behind_the_scenes() as connection:
        connection.execute(text("DELETE FROM audit_event"))
    return visitor


def noted(
    organization: Organization,
    action: str,
    subject: str = "",
    *,
    at: datetime,
    actor: str = "dana@harbor.example",
) -> None:
    """A line of the trail, as of a moment."""
    db.session.add(
        AuditEvent(org_id=organization.id, id=uuid7(), at=at, actor=actor, action=action, subject=subject)
    )
    db.session.commit()


def lines(page: object) -> list[str]:
    """What happened, as the table has it."""
    return re.findall(r'<th scope="row">([^<]+)<', page.text)  # type: ignore[attr-defined]


class TestWords:
    @pytest.mark.long
    def test_everything_that_the_code_notes_has_its_words(self) -> None:
        assert set(wording.WORDS) == set(get_args(Action))
        assert {words.kind for words in wording.WORDS.values()} == set(wording.KINDS)
        unnamed = {action for action in written_by_the_code() if action not in wording.WORDS}
        assert unnamed == set()
        assert len(written_by_the_code()) > 25

    def test_they_are_words(self) -> None:
        for action, words in wording.WORDS.items():
            assert action not in words.text or "." not in action
            assert re.fullmatch(r"[A-Z][a-z' ,-]*(API )?[a-z' ,-]*", words.text), words.text

    def test_what_is_kept_for_operators_is_shown_to_no_one(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        method = a_card(harbor)
        audit.record(
            harbor.id,
            audit.STRIPE,
            "payment_method.failing",
            str(method.id),
            card=method.label,
            code="stolen_card",
        )
        db.session.commit()
        for path in (PAGE, f"{PAGE}.csv"):
            page = owner.get(path, buffered=True).text
            assert "Visa ending in 4242" in page
            assert "stolen" not in page
            assert str(method.id) not in page

    def test_a_line_that_an_older_version_wrote_can_be_read(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        noted(harbor, "card_thing.done_somehow", at=utc_now())
        assert lines(owner.get(PAGE)) == ["card thing: done somehow"]

    @pytest.mark.parametrize(
        ("action", "subject", "details", "reads"),
        [
            ("top_up.paid_for", "x", {"amount": "50.000000", "card": "Visa ending in 4242"}, "$50.00 with Visa ending in 4242"),
            ("plan.changed", "growth", {"before": "starter", "interval": "month", "reason": "switched"}, "Starter to Growth: chosen by an owner"),
            ("plan_switch.confirmed", "x", {"plan": "scale", "interval": "year", "due": "300", "at_once": True}, "Scale, yearly, now, $300.00 due"),
            ("plan_switch.confirmed", "x", {"plan": "starter", "interval": "month", "due": "0", "at_once": False}, "Starter, monthly, at the end of the period"),
            ("daily_limit.changed", "harbor", {"before": "10000", "after": "500"}, "From $10,000.00 to $500.00"),
            ("organization.recipients_set", "harbor", {"before": ["a@x.example"], "emails": []}, "From a@x.example to the owners"),
            ("organization.recipients_set", "harbor", {"emails": ["a@x.example"]}, "a@x.example"),
            ("billing_details.changed", "x", {"fields": ["legal_name", "emails"]}, "Legal name, billing email recipients"),
            ("organization.changed", "harbor", {"before": {"name": "A", "owners": ["a@x.example"]}, "after": {"name": "B", "owners": ["b@x.example"]}}, "Name: A to B; Owner added: b@x.example; Owner removed: a@x.example"),
            ("user.sign_in_failed", "ruth@x.example", {"attempts": 1}, "ruth@x.example"),
            ("user.sign_in_failed", "ruth@x.example", {"attempts": 1000}, "ruth@x.example, 1,000 attempts in an hour"),
            ("user.signed_in", "ruth@x.example", {"by": "password", "new_browser": False}, "ruth@x.example"),
            ("user.signed_in", "ruth@x.example", {"by": "link", "new_browser": True}, "ruth@x.example, with an emailed link, from a new browser"),
            ("user.invited", "ruth@x.example", {"role": "org_admin"}, "ruth@x.example, owner"),
            ("plan.changed", "gone_plan", {}, " to Gone_plan"),
        ],
    )  # fmt: skip
    def test_details_read(
        self, app: Flask, action: str, subject: str, details: dict[str, object], reads: str
    ) -> None:
        event = AuditEvent(org_id=UUID(int=1), actor="x", action=action, subject=subject, details=details)
        assert wording.find_wording(action).detail(event) == reads

    def test_no_action_needs_details_that_older_lines_lack(self, app: Flask) -> None:
        for action, words in wording.WORDS.items():
            words.detail(AuditEvent(org_id=UUID(int=1), actor="x", action=action, subject="s", details={}))


def written_by_the_code() -> set[str]:
    """Every action that a call which records one names, read off the source."""
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDING:
                found |= {one.value for one in ast.walk(node.args[2]) if isinstance(one, ast.Constant)}
    return found


class TestPages:
    def test_what_happened_is_there_with_who_and_from_where(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        who = Actor("dana@harbor.example", address="192.0.2.7")
        audit.record(harbor.id, who, "payment_method.made_default", "x", card="Visa ending in 4242")
        db.session.commit()
        said = text_of(owner.get(PAGE))
        assert re.search(
            r"Made a card the default Visa ending in 4242 .* dana@harbor.example, 192.0.2.7", said
        )
        assert "EST" in said

    def test_every_line_is_on_one_page_and_no_page_is_endless(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        now = utc_now()
        for number in range(trail.PAGE * 2 + 7):
            # Some at the same moment: a page may end between them.
            noted(harbor, "user.removed", f"person{number}", at=now - timedelta(minutes=number // 3))
        seen, address = [], PAGE
        while address:
            page = owner.get(address)
            found = re.findall(r"line-detail\">(person\d+)", page.text)
            assert len(found) <= trail.PAGE
            seen += found
            older = re.search(r'rel="next" href="([^"]+)"', page.text)
            address = older[1].replace("&amp;", "&") if older else ""
        assert len(seen) == len(set(seen)) == trail.PAGE * 2 + 7
        newer = re.search(r'rel="prev" href="([^"]+)"', page.text)
        assert newer
        back = owner.get(newer[1].replace("&amp;", "&"))
        assert re.findall(r"line-detail\">(person\d+)", back.text) == seen[trail.PAGE : 2 * trail.PAGE]

    def test_filters_by_person_kind_and_days_of_the_organizations_zone(
        self, owner: Visitor, harbor: Organization
    ) -> None:
        noted(harbor, "user.removed", at=at("2026-11-25 04:59"), actor="operator")
        noted(harbor, "payment_method.added", at=at("2026-11-25 05:00"))
        noted(harbor, "payment_method.removed", at=at("2026-11-26 04:59"))
        noted(harbor, "plan.canceled", at=at("2026-11-26 05:00"))
        assert lines(owner.get(f"{PAGE}?from=2026-11-25&to=2026-11-25")) == ["Removed a card", "Added a card"]
        assert lines(owner.get(f"{PAGE}?kind=cards&from=2026-11-26")) == []
        assert lines(owner.get(f"{PAGE}?person=operator")) == ["Removed a person"]
        page = owner.get(f"{PAGE}?kind=plan&person=dana@harbor.example")
        assert lines(page) == ["Canceled the plan"]
        assert '<option value="plan" selected>' in page.text
        assert "Voice Portal operator" in page.text
        export = re.search(r'href="(/billing/activity.csv[^"]*)"', page.text)
        assert export
        assert rows(owner, export[1].replace("&amp;", "&"))[1][3] == "Canceled the plan"

    @pytest.mark.parametrize(
        "query",
        [
            "kind=nothing",
            "from=yesterday&to=9999-12-31",
            "from=0001-01-01",
            "before=x&after=20260101T000000.000000-zz",
            "person=",
        ],
    )
    def test_what_makes_no_sense_is_left_out(self, owner: Visitor, harbor: Organization, query: str) -> None:
        noted(harbor, "user.removed", at=utc_now())
        assert lines(owner.get(f"{PAGE}?{query}")) == ["Removed a person"]

    def test_nothing_of_another_organization_is_there(self, owner: Visitor, harbor: Organization) -> None:
        other = an_organization()
        noted(other, "user.removed", "theirs@x.example", at=utc_now(), actor="theirs@x.example")
        for path in (PAGE, f"{PAGE}.csv", f"{PAGE}?person=theirs@x.example"):
            assert "Removed a person" not in owner.get(path, buffered=True).text

    def test_it_is_for_owners(self, app: Flask, visitor: Visitor, harbor: Organization) -> None:
        for path in (PAGE, f"{PAGE}.csv"):
            assert visitor.get(path).status_code == 302
        visitor.begin_session(a_person("tom@harbor.example", organization=harbor, role=Role.MEMBER).email)
        for path in (PAGE, f"{PAGE}.csv"):
            assert visitor.get(path).status_code == 403


def rows(owner: Visitor, path: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(owner.get(path, buffered=True).text.removeprefix("\ufeff"))))


class TestExport:
    @pytest.mark.long
    def test_it_has_every_line_in_words(self, owner: Visitor, harbor: Organization) -> None:
        noted(harbor, "user.removed", "=cmd()", at=at("2026-11-24 14:05"))
        for number in range(trail.PIECE + 5):
            noted(harbor, "user.invited", str(number), at=at("2026-11-20 14:05"))
        found = rows(owner, f"{PAGE}.csv")
        assert found[0] == ["at", "person", "kind", "what", "details", "address"]
        assert len(found) == trail.PIECE + 7
        assert found[1][:4] == [
            "2026-11-24T09:05:00-05:00",
            "dana@harbor.example",
            "People",
            "Removed a person",
        ]
        assert not found[1][4].startswith("=")
        assert {int(one[4]) for one in found[2:]} == set(range(trail.PIECE + 5))


def test_the_plan_table_sells_nothing_that_every_owner_has_or_that_is_not_there(app: Flask) -> None:
    current = catalog.current()
    sold = {one for plan in current.plans.values() for one in current.features_of(plan)}
    sold |= {one for each in current.on_request.values() for one in each.features}
    assert not [one for one in sold if re.search("audit|activity|invoice", one, re.IGNORECASE)]
