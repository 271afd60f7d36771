"""What the shell's own pages are told of credit, by way of one hidden frame: who, in which words, and no one else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.models import LimitSubject, Membership, Organization, Role, SignInSession
from config import Settings
from tests.factories import a_person, an_organization, give_credit
from tests.support.browsing import BrowserClient, Visitor
from tests.support.credit_states import (
    all_set_aside,
    at_reserve,
    low,
    low_and_past_due,
    negative,
    reserved,
    spend,
    unpaid,
)
from tests.support.limits import a_draft, a_limit
from tests.support.portal_shell import ORIGIN, PortalShell
from tests.support.shell_frame import FROM_FRAME, IN_FRAME, enter
from tests.support.statements import statements

HIDDEN, CREDIT, CHECK = "/billing/parts", "/billing/live/credit", "/billing/parts/campaign-check"


def good() -> Organization:
    return an_organization(credit="100", alert="50")


def paused() -> Organization:
    organization = an_organization(credit="2.25")
    spend(organization, 6000)
    return organization


def past_due() -> Organization:
    return unpaid(good())


def stopped() -> Organization:
    """By a limit on all spend."""
    organization = good()
    a_limit(organization, a_draft("0"))
    return organization


def stopped_in_part() -> Organization:
    """By a limit on a campaign, while the rest calls."""
    organization = good()
    a_limit(organization, a_draft("0", subject=LimitSubject.CAMPAIGN, name="Spring <recall>"))
    a_limit(organization, a_draft("50"))
    return organization


def stopped_and_paused() -> Organization:
    organization = paused()
    a_limit(organization, a_draft("0"))
    return organization


@pytest.mark.one_of_each(by=lambda state: state)
@pytest.mark.parametrize(
    ("made", "state", "label", "tone", "alerts"),
    [
        (good, "active", "Active", "good", {}),
        (
            stopped,
            "active",
            "Limit reached",
            "warn",
            {"limit": "Its limit is $0.00 a day, so no calls start until it's raised."},
        ),
        (stopped_in_part, "active", "Active", "good", {"limit": "Its limit is $0.00 a day"}),
        (stopped_and_paused, "paused", "Paused", "bad", {"paused": "Your credit ran out."}),
        (low, "low", "Low balance", "warn", {"low": "You have $20.00 left."}),
        (
            paused,
            "paused",
            "Paused",
            "bad",
            {"paused": "Your credit ran out. New calls can start again once you add"},
        ),
        (
            negative,
            "negative",
            "Below zero",
            "bad",
            {"paused": "The balance fell below zero. New calls can start again"},
        ),
        (
            reserved,
            "paused",
            "Paused",
            "bad",
            {"reserved": "New calls can start when one of them ends, or once you add"},
        ),
        (all_set_aside, "paused", "Paused", "bad", {"set_aside": "Calls for those campaigns continue."}),
        (at_reserve, "active", "Active", "good", {"outbound_paused": "The remaining $30.00 is kept"}),
        (an_organization, "paused", "No credit yet", "soft", {"no_credit": "Add $10.00 or more."}),
        (past_due, "active", "Active", "good", {"past_due": "The card was declined. Pay it by"}),
        (
            low_and_past_due,
            "low",
            "Low balance",
            "warn",
            {"low": "You have", "past_due": "The card was declined."},
        ),
    ],
)
def test_credit_is_told_with_its_state_and_what_is_wrong(
    frame: Visitor,
    shell: PortalShell,
    made: Callable[[], Organization],
    state: str,
    label: str,
    tone: str,
    alerts: dict[str, str],
) -> None:
    organization = made()
    shell.org_id = str(organization.id)
    enter(frame, shell.token(), path=HIDDEN)
    told = frame.get(CREDIT, headers=FROM_FRAME).json
    assert (told["organization"], told["state"]) == (shell.org_id, state)
    assert (told["label"], told["tone"]) == (label, tone)
    assert [one["kind"] for one in told["alerts"]] == list(alerts)
    for one in told["alerts"]:
        assert one["text"].startswith(alerts[one["kind"]])
        assert not any(sign in one["title"] for sign in "$0123456789"), "it is announced: figures change"
        assert frame.get(one["path"].partition("#")[0], headers=IN_FRAME).status_code == 200


def test_the_amount_is_for_people_and_for_programs(frame: Visitor, shell: PortalShell) -> None:
    shell.org_id = str(an_organization(credit="1234.50").id)
    enter(frame, shell.token())
    told = frame.get(CREDIT, headers=FROM_FRAME).json
    assert (told["available"], told["amount"], told["currency"]) == ("$1,234.50", "1234.500000", "USD")
    assert told["path"] == "/billing/wallet#top-up"


def test_nothing_is_told_while_nothing_changes(frame: Visitor, shell: PortalShell) -> None:
    organization = good()
    shell.org_id = str(organization.id)
    enter(frame, shell.token())
    first = frame.get(CREDIT, headers=FROM_FRAME)
    with statements() as seen:
        again = frame.get(CREDIT, headers=FROM_FRAME | {"HX-PTag": first.headers["HX-PTag"]})
    assert (again.status_code, again.data, len(seen)) == (304, b"", 1)
    give_credit(organization, "5")
    changed = frame.get(CREDIT, headers=FROM_FRAME | {"HX-PTag": first.headers["HX-PTag"]})
    assert changed.json["available"] == "$105.00"
    with statements() as seen:
        frame.get(CREDIT, headers=FROM_FRAME)
    assert len(seen) <= 3, seen


def test_a_member_is_told_nothing_of_money(frame: Visitor, shell: PortalShell) -> None:
    shell.org_id = str(good().id)
    enter(frame, shell.token(roles=["member"]), path=HIDDEN)
    hidden = frame.get(HIDDEN, headers=IN_FRAME)
    assert hidden.status_code == 200
    assert "data-credit" not in hidden.text
    for address in (CREDIT, f"{CHECK}?cost=5"):
        answer = frame.get(address, headers=FROM_FRAME)
        assert answer.status_code == 403
        assert "$" not in answer.text


def test_an_owner_without_the_second_factor_that_is_required_is_told_nothing(
    frame: Visitor, shell: PortalShell
) -> None:
    organization = good()
    organization.requires_second_factor = True
    db.session.commit()
    shell.org_id = str(organization.id)
    enter(frame, shell.token())
    assert "data-credit" not in frame.get(HIDDEN, headers=IN_FRAME).text
    assert frame.get(CREDIT, headers=FROM_FRAME).status_code == 303


def test_without_a_session_no_one_is_told_anything(frame: Visitor) -> None:
    ended = frame.get(HIDDEN, headers=IN_FRAME)
    assert (ended.status_code, "data-session-ended" in ended.text) == (401, True)
    for address in (CREDIT, f"{CHECK}?cost=5"):
        answer = frame.get(address, headers=FROM_FRAME)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in")


def test_a_page_is_told_of_its_own_organization_only(frame: Visitor, shell: PortalShell) -> None:
    """Two windows for two organizations have one session: the one whose organization it isn't is told nothing, though
    the version that it knows may be the same."""
    mine, other = good(), good()
    shell.org_id = str(other.id)
    enter(frame, shell.token())
    tag = frame.get(CREDIT, headers=FROM_FRAME).headers["HX-PTag"]
    for known in ({}, {"HX-PTag": tag}):
        answer = frame.get(CREDIT, headers=FROM_FRAME | {"X-Organization": mine.slug} | known)
        assert answer.status_code == 409
        assert "$" not in answer.text
    refused = frame.get(f"{CHECK}?cost=5", headers=FROM_FRAME | {"X-Organization": mine.slug})
    assert refused.status_code == 409


def test_the_next_persons_token_shows_nothing_of_who_was_before(frame: Visitor, shell: PortalShell) -> None:
    """Also within one organization, where the next one is no owner."""
    shell.org_id = str(good().id)
    enter(frame, shell.token())
    assert frame.get(CREDIT, headers=FROM_FRAME).status_code == 200
    enter(frame, shell.token(sub="person-2", email="eli@acme.example", roles=["member"]), path=HIDDEN)
    assert frame.get(CREDIT, headers=FROM_FRAME).status_code == 403
    assert len(db.session.scalars(db.select(SignInSession)).all()) == 1


def test_the_hidden_frame_is_shown_by_the_shell_alone_and_has_nothing_to_see(
    app: Flask, settings: Settings, frame: Visitor, shell: PortalShell
) -> None:
    shell.org_id = str(good().id)
    enter(frame, shell.token())
    hidden = frame.get(HIDDEN, headers=IN_FRAME)
    assert f"frame-ancestors {ORIGIN};" in f"{hidden.headers['Content-Security-Policy']};"
    assert f'content="{ORIGIN}"' in hidden.text
    assert "$" not in hidden.text
    assert len(hidden.data) < 1_000
    alone = create_app(replace(settings, shell=None, shell_origins=()))
    alone.test_client_class = BrowserClient
    visitor = Visitor(alone.test_client())
    visitor.sign_in(a_person(organization=good()).email)
    headers = visitor.get(HIDDEN, headers=IN_FRAME).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    window = visitor.get(HIDDEN, headers={"Sec-Fetch-Dest": "document"})
    assert (window.status_code, window.location) == (303, "/billing")


def test_parts_only_read(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("shell_parts.")]
    assert {rule.rule for rule in rules} == {HIDDEN, CHECK}
    assert all(rule.methods == {"GET", "HEAD", "OPTIONS"} for rule in rules)


@pytest.mark.parametrize(
    ("query", "is_covered", "text", "action"),
    [
        ("cost=3.50", True, "It costs about $3.50. You have $3.50.", None),
        ("cost=3.51", False, "It costs about $3.51. You need $0.01 more.", "Top up $25"),
        ("calls=200&minutes=0.5", False, "It costs about $3.97. You need $0.47 more.", "Top up $25"),
        (
            "calls=200&shortest=0.5&longest=1",
            False,
            "It costs about $3.97 to $10.20. You need $6.70 more.",
            "Top up $25",
        ),
        ("calls=1&minutes=1&answered=100", True, "It costs about $0.02. You have $3.50.", None),
    ],
)
def test_a_campaign_is_covered_or_how_much_is_missing(
    frame: Visitor, shell: PortalShell, query: str, is_covered: bool, text: str, action: str | None
) -> None:
    organization = an_organization(credit="3.50")
    shell.org_id = str(organization.id)
    enter(frame, shell.token())
    answer = frame.get(f"{CHECK}?{query}", headers=FROM_FRAME).json
    assert (answer["is_covered"], answer["text"], answer["action"]) == (is_covered, text, action)
    assert answer["path"] == (None if is_covered else "/billing/wallet?amount=25#top-up")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "calls: Enter a whole number from 1 to 10,000,000."),
        ("calls=many", "calls: Enter a whole number from 1 to 10,000,000."),
        ("calls=1&minutes=ten", "shortest: Enter minutes from 0.02 to 240, like 2.5."),
        ("cost=-1", "cost: Enter an amount above zero, like 50 or 12.50."),
        ("cost=NaN", "cost: Enter the amount in digits, like 50 or 12.50."),
        ("cost=%3Cscript%3E", "cost: Enter the amount in digits, like 50 or 12.50."),
        ("cost=9999999999999999", "cost: That amount is too large."),
    ],
)
def test_attributes_that_describe_no_campaign_are_told_to_the_shell(
    frame: Visitor, shell: PortalShell, query: str, problem: str
) -> None:
    shell.org_id = str(good().id)
    enter(frame, shell.token())
    answer = frame.get(f"{CHECK}?{query}", headers=FROM_FRAME)
    assert answer.status_code == 422
    assert answer.json["problem"].startswith(problem)


@pytest.mark.long
def test_a_persons_other_organization_is_not_told_by_a_session_of_the_shells(
    frame: Visitor, shell: PortalShell
) -> None:
    first = good()
    shell.org_id = str(first.id)
    enter(frame, shell.token())
    session = db.session.scalars(db.select(SignInSession)).one()
    other = an_organization("Other", credit="999")
    db.session.add(Membership(org_id=other.id, user_id=session.user_id, role=Role.ORG_ADMIN))
    db.session.commit()
    assert frame.get(f"{CREDIT}?org={other.slug}", headers=FROM_FRAME).status_code == 409
    assert UUID(frame.get(CREDIT, headers=FROM_FRAME).json["organization"]) == first.id
