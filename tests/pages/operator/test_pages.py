"""What the console shows: an account being opened, organizations found, their story, events, findings, activity."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.extensions import db
from app.models import EventState, Finding, OperatorRole, Organization, StripeEvent
from app.operators import accounts, search, trail
from app.operators.search import SearchTooSlowError
from app.operators.trail import COMMAND
from app.reconciliation import findings
from app.transaction import transaction
from tests.factories import PASSWORD, a_card, a_person, an_organization
from tests.operators.test_timeline import fill
from tests.support.browsing import text_of
from tests.support.console import Console
from tests.support.factors import a_code
from tests.support.moved_clock import moved_clock
from tests.support.operating import events
from tests.support.statements import statements

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def harbor(app: Flask) -> Organization:
    made = an_organization("Harbor Dental", credit="12.5")
    fill(made)
    return made


def test_a_link_opens_an_account_in_the_browser(app: Flask) -> None:
    with transaction():
        token = accounts.add("sam@operator.example", name="Sam", role=OperatorRole.SUPPORT, doer=COMMAND)
    visitor, at = Console(app), f"/join/{token}"
    page = visitor.get(at)
    assert "<svg" in page.text
    secret = re.search(r'class="secret">([A-Z0-9 ]+)<', page.text)
    assert secret is not None
    code = a_code(secret[1].replace(" ", ""))
    assert visitor.refused(visitor.post(at, {"password": "password1", "code": code}))
    assert "code is wrong" in visitor.refused(visitor.post(at, {"password": PASSWORD, "code": "x"}))
    assert visitor.refused(visitor.post(at, {"password": PASSWORD, "code": ""}))
    answer = visitor.post(at, {"password": PASSWORD, "code": code})
    assert answer.location == "/operator/sign-in"
    assert visitor.get(at).status_code == 404
    assert "doesn't work any more" in text_of(visitor.get("/join/another"))


def test_guessing_the_code_of_a_link_is_stopped(app: Flask) -> None:
    with transaction():
        token = accounts.add("sam@operator.example", name="Sam", role=OperatorRole.SUPPORT, doer=COMMAND)
    visitor = Console(app)
    visitor.get(f"/join/{token}")
    answers = [
        "code is wrong"
        in visitor.refused(visitor.post(f"/join/{token}", {"password": PASSWORD, "code": "1"}))
        for _ in range(9)
    ]
    assert answers == [True] * 8 + [False]


def test_an_organization_is_found_and_leads_to_its_story(console: Console, harbor: Organization) -> None:
    page = console.get("?q=harbor")
    assert f'href="/operator/organizations/{harbor.id}"' in page.text
    assert "Nothing matches “oak”" in text_of(console.get("?q=oak"))
    assert "What do you have?" in text_of(console.get())
    focused = re.compile(r'id="q"[^>]* autofocus')
    assert [
        bool(focused.search(console.get(at).text)) for at in ("", "?q=oak", "?q=harbor", "/findings")
    ] == [
        True,
        True,
        False,
        False,
    ]


def test_what_is_found_comes_in_pages(console: Console) -> None:
    for number in range(search.MOST + 1):
        an_organization(f"Chain {number:02}")
    page = console.get("?q=chain")
    assert "Chain 19" in page.text
    assert "Chain 20" not in page.text
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    last = console.get(following[1].replace("&amp;", "&"))
    assert "Chain 20" in last.text
    assert "Chain 19" not in last.text
    assert 'href="/operator?q=chain#found-heading"' in last.text
    assert console.get("?q=chain&after=x").status_code == 200


def test_a_search_that_takes_too_long_says_so(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_PATIENCE", "1ms")
    slow = db.func.pg_sleep(1).cast(db.Text).label("why")
    monkeypatch.setattr(search, "queries", lambda _: [db.select(Organization.id, slow).order_by(slow)])
    an_organization()
    with pytest.raises(SearchTooSlowError):
        search.find("x")
    answer = console.get("?q=x")
    assert answer.status_code == 503
    assert "That takes too long" in text_of(answer)


def test_the_story_says_how_it_stands_and_what_happened(console: Console, harbor: Organization) -> None:
    a_card(harbor, last4="0341")
    owner = a_person("pat@harbor.example", organization=harbor)
    page = text_of(console.get(f"/organizations/{harbor.id}"))
    for said in ("$12.50", "Starter", "Visa ending in 0341", owner.email, "insufficient_funds", "call-1"):
        assert (said in page) is (said != "call-1"), said
    assert "call-1" in text_of(console.get(f"/organizations/{harbor.id}?part=holds"))
    assert "Declined" not in text_of(console.get(f"/organizations/{harbor.id}?part=emails"))
    assert console.get(f"/organizations/{harbor.id}?part=nothing&before=x").status_code == 200


def test_who_looked_at_whom_is_recorded(console: Console, harbor: Organization) -> None:
    console.get(f"/organizations/{harbor.id}")
    (opened,) = events("organization.opened")
    assert (opened.actor, opened.organization_id) == ("dana@operator.example", harbor.id)
    assert "Organization opened · Harbor Dental" in text_of(console.get("/activity"))
    only = text_of(console.get(f"/activity?organization={harbor.id}"))
    assert "opened" in only
    assert "signed in" not in only


PAGES_OF_ONE = ["", "?part=credit", "?part=holds", "?before=x", "?after=x", "?part=audit&before=x"]


@pytest.mark.parametrize("more", PAGES_OF_ONE)
def test_whichever_page_of_it_is_asked_for_it_is_recorded_once(
    console: Console, harbor: Organization, more: str
) -> None:
    for _ in range(2):
        console.get(f"/organizations/{harbor.id}{more}")
    assert [one.organization_id for one in events("organization.opened")] == [harbor.id]
    another = an_organization()
    console.get(f"/organizations/{another.id}{more}")
    assert len(events("organization.opened")) == 2
    assert console.opened is not None
    with moved_clock(utc_now() + trail.OPENED_FOR):
        console.sign_in(console.opened)
        console.get(f"/organizations/{harbor.id}{more}")
    assert len(events("organization.opened")) == 3


def test_no_address_of_an_organization_shows_anything_before_that_is_recorded(
    app: Flask, console: Console
) -> None:
    found = [rule for rule in app.url_map.iter_rules() if "<uuid:org_id>" in rule.rule and of_console(rule)]
    assert len(found) > 4
    for rule in found:
        made = an_organization()
        at = re.sub(r"<uuid:\w+>", str(made.id), rule.rule)
        methods = {"GET", "POST"} & (rule.methods or set())
        console.client.open(at, method=min(methods), data={"csrf_token": console.token})
        assert [one.organization_id for one in events("organization.opened")][-1] == made.id, rule


def of_console(rule: Rule) -> bool:
    return rule.endpoint.startswith("operator.")


def test_findings_of_an_organization_are_in_its_story(console: Console, harbor: Organization) -> None:
    with transaction():
        findings.record({"in_1": "Not paid here.", "in_2": "Someone else's."}, is_everything=True)
    page = text_of(console.get(f"/organizations/{harbor.id}"))
    assert "in_1 : Not paid here." in page
    assert "in_2" not in page


def test_acknowledged_findings_say_by_whom_and_why(console: Console) -> None:
    with transaction():
        findings.record({"pi_1": "Paid twice."}, is_everything=True)
    assert "Acknowledge finding" in console.get("/findings?object=pi_1").text
    seal = Finding(text="Paid twice.").seal
    console.post("/findings/acknowledge", {"object": "pi_1", "reason": "Refunded by hand", "seal": seal})
    page = text_of(console.get("/findings"))
    assert "pi_1" in page
    assert "Acknowledge finding" not in page
    assert "dana@operator.example: Refunded by hand" in page


def test_before_the_first_comparison_no_one_is_told_that_nothing_differs(console: Console) -> None:
    assert "Nothing differs" not in text_of(console.get("/findings"))


def test_only_what_was_read_is_acknowledged(console: Console) -> None:
    def seal_of(page: TestResponse) -> str:
        found = re.search(r'name="seal" value="(\w+)"', page.text)
        assert found is not None
        return found[1]

    def found(text: str) -> None:
        with transaction():
            findings.record({"pi_1": text}, is_everything=True)

    found("Refunded $5 there.")
    form = {"object": "pi_1", "reason": "Small", "seal": seal_of(console.get("/findings?object=pi_1"))}
    found("Refunded $500 there.")
    said = console.refused(console.post("/findings/acknowledge", form))
    assert "It has changed since you opened it" in said
    assert "Refunded $500 there." in said
    assert console.refused(console.post("/findings/acknowledge", form | {"seal": ""}))
    assert findings.count() == 1
    form |= {"seal": seal_of(console.get("/findings?object=pi_1"))}
    assert not console.refused(console.post("/findings/acknowledge", form))
    # No one else's reason takes the place of the first.
    assert console.refused(console.post("/findings/acknowledge", form))
    assert len(events("finding.acknowledged")) == 1


def test_who_was_given_a_link_is_not_kept_out_by_what_strangers_tried(app: Flask) -> None:
    with transaction():
        token = accounts.add("sam@operator.example", name="Sam", role=OperatorRole.SUPPORT, doer=COMMAND)
    found = accounts.find_by_link(token)
    assert found is not None
    secret, stranger, sam = accounts.setup_of(found).secret, Console(app), Console(app)
    wrong = {"email": "sam@operator.example", "password": "guess", "code": "1"}
    stranger.get("/sign-in")
    for _ in range(9):
        said = stranger.refused(stranger.post("/sign-in", wrong))
    assert "Too many" in said
    sam.get(f"/join/{token}")
    assert not sam.refused(sam.post(f"/join/{token}", {"password": PASSWORD, "code": a_code(secret)}))
    sam.get("/sign-in")
    right = {"email": "sam@operator.example", "password": PASSWORD, "code": a_code(secret, steps=1)}
    assert sam.post("/sign-in", right).location == "/operator"


def test_events_that_need_someone_are_listed_and_any_is_found_by_its_id(console: Console) -> None:
    for id_, state in (("evt_failed", EventState.FAILED), ("evt_handled", EventState.HANDLED)):
        db.session.add(
            StripeEvent(
                id=id_, type="charge.refunded", created_at=utc_now(), state=state, note="No such charge"
            )
        )
    db.session.commit()
    page = text_of(console.get("/events"))
    assert "evt_failed" in page
    assert "evt_handled" not in page
    assert "Replay event" in console.get("/events?event=evt_handled").text
    assert "no such event" in text_of(console.get("/events?event=evt_none"))


def test_hostile_names_are_names(app: Flask, console: Console) -> None:
    made = an_organization(HOSTILE)
    a_person("x@evil.example", organization=made, name=HOSTILE)
    made.timezone = "UTC"
    with transaction():
        findings.record({HOSTILE[:200]: HOSTILE}, is_everything=True)
        accounts.add("evil@operator.example", name=HOSTILE, role=OperatorRole.SUPPORT, doer=COMMAND)
    db.session.add(
        StripeEvent(id="evt_1", type=HOSTILE, created_at=utc_now(), state=EventState.FAILED, note=HOSTILE)
    )
    db.session.commit()
    at = f"/organizations/{made.id}"
    for path in (
        f"?q={HOSTILE[:8]}",
        at,
        f"{at}/credit",
        "/activity",
        "/findings",
        "/events",
        f"/events?event={HOSTILE}",
    ):
        page = console.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_a_page_asks_as_little_of_the_database_however_much_there_is(
    console: Console, harbor: Organization
) -> None:
    console.get(f"/organizations/{harbor.id}")
    with statements() as few:
        console.get(f"/organizations/{harbor.id}")
    for _ in range(3):
        a_person(organization=harbor)
        a_card(harbor, default=False)
    with statements() as many:
        console.get(f"/organizations/{harbor.id}")
    assert len(many) == len(few)
