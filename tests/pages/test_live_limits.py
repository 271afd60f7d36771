"""The page of limits follows what is spent, asked for and opened, and leaves its form alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.limit_settings import destinations, requests
from app.clock import utc_now
from app.extensions import db
from app.models import LimitCount, LimitWindow
from tests.factories import OWNER, usd
from tests.support.browsing import HTMX, text_of
from tests.support.limits import a_draft, a_limit, use_tokens
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

PAGE, POLL = "/billing/wallet/limits", "/billing/live/limits"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="1000")


def poll(owner: Owner, tag: str = "") -> TestResponse:
    return owner.get(POLL, headers=HTMX | {"HX-PTag": tag})


def tag_on(owner: Owner) -> str:
    """What the page says that it shows."""
    found = re.search(r'hx-ptag="([^"]+)"', owner.get(PAGE).text)
    assert found
    return found[1]


def test_while_nothing_is_new_the_answer_is_304_and_takes_one_statement(owner: Owner) -> None:
    for window in (LimitWindow.HOUR, LimitWindow.MONTH):
        tag = tag_on(owner)
        with statements() as seen:
            answer = poll(owner, tag)
        assert (answer.status_code, answer.data, len(seen)) == (304, b"", 1)
        a_limit(owner.organization, a_draft(window=window))


def test_what_is_spent_is_on_the_open_page_with_its_next_poll(owner: Owner) -> None:
    a_limit(owner.organization, a_draft("40"))
    tag = tag_on(owner)
    use_tokens(owner.organization)
    answer = poll(owner, tag)
    assert "$36.00 of $40.00 today" in text_of(answer)
    assert poll(owner, answer.headers["HX-PTag"]).status_code == 304


def test_so_are_limits_requests_and_destinations_of_another_owner(owner: Owner) -> None:
    tag = tag_on(owner)
    limit_id = a_limit(owner.organization).limit_id
    assert limit_id is not None
    requests.ask(owner.organization, limit_id, usd("20"), OWNER)
    destinations.open_destination(owner.organization, "SO", OWNER)
    db.session.commit()
    said = text_of(poll(owner, tag))
    for words in ("Whole organization, $3.00 a day", "Whole organization: $20.00 a day", "Somalia opened by"):
        assert words in said


def test_the_next_window_is_on_the_open_page_though_the_limit_only_tells(owner: Owner) -> None:
    a_limit(owner.organization, a_draft("40", window=LimitWindow.HOUR, stops=False))
    use_tokens(owner.organization)
    version, _, until = tag_on(owner).partition("-")
    db.session.query(LimitCount).one().window_start -= timedelta(hours=1)
    db.session.commit()
    over = poll(owner, f"{version}-{int(until) - 3600}")
    assert "$0.00 of $40.00 this hour" in text_of(over)
    assert int(over.headers["HX-PTag"].partition("-")[2]) > utc_now().timestamp()


def test_the_form_about_destinations_is_never_redrawn(owner: Owner) -> None:
    drawn = poll(owner).text
    assert re.findall(r'hx-target="#([a-z-]+)"', drawn) == [
        "limits-now",
        "opened-destinations",
        "decided-requests",
    ]
    assert "<select" in owner.get(PAGE).text and "<select" not in drawn
