"""The components in their states, to look at."""

from __future__ import annotations

import re
from collections import Counter

from flask import Flask
from markupsafe import Markup

from app.clock import utc_now
from app.models import CallingState, TransferKind
from demo.components.routes import with_own_ids
from demo.components.samples import balances, history
from tests.support.browsing import Visitor, text_of


def test_each_state_is_there_without_signing_in(app: Flask, visitor: Visitor) -> None:
    page = visitor.get("/dev/components")
    assert page.status_code == 200
    said = text_of(page)
    for state, _ in balances(utc_now()):
        assert state in said
    assert "Needs your confirmation" in said and "Enter a day from tomorrow on." in said
    assert "{{" not in page.text


def test_the_theme_can_be_chosen(app: Flask, visitor: Visitor) -> None:
    assert 'class="specimens" data-theme="dark"' in visitor.get("/dev/components?theme=dark").text
    assert 'class="specimens">' in visitor.get("/dev/components?theme=pink").text


def test_ids_are_there_once(app: Flask, visitor: Visitor) -> None:
    found = Counter(re.findall(r' id="([^"]+)"', visitor.get("/dev/components").text))
    assert [one for one, times in found.items() if times > 1] == []


def test_what_names_an_id_names_the_renamed_one() -> None:
    html = Markup('<label for="a">A</label><input id="a" aria-describedby="b c"><a href="#a">A</a>')
    assert with_own_ids(html, 7) == (
        '<label for="s7-a">A</label><input id="s7-a" aria-describedby="s7-b s7-c"><a href="#s7-a">A</a>'
    )


def test_the_samples_have_each_state_and_status() -> None:
    assert {balance.state for _, balance in balances(utc_now())} == set(CallingState)
    lines = history(utc_now())
    assert {line.status for line in lines} == {"posted", "pending", "action", "declined", "unconfirmed"}
    assert {TransferKind.USAGE, TransferKind.TOP_UP, TransferKind.REFUND} <= {line.kind for line in lines}
