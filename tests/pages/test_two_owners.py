"""Two owners who change the same setting: the second one is told what the first one did, and keeps what they typed.

Every form of the wallet's settings is one of `FORMS`, or in `ELSEWHERE` with the test that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask

from app.billing.wallet import envelopes
from app.extensions import db
from app.models import ChannelKind
from tests.factories import OWNER, usd
from tests.support.alerting import a_chat, recipients_channel
from tests.support.browsing import seen_on, text_of
from tests.support.limits import a_limit
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.url_map import rules

Fields = dict[str, str | list[str]]


@dataclass(frozen=True)
class Form:
    """A form of settings: where it is shown and sent, what two owners type, and what the second one reads."""

    endpoint: str
    given: Callable[[Owner], tuple[str, str]]
    first: Fields
    second: Fields
    reads: str
    keeps: list[str] = field(default_factory=list)


def at(page: str, path: str | None = None) -> Callable[[Owner], tuple[str, str]]:
    return lambda _: (page, path or page)


def of_an_envelope(owner: Owner) -> tuple[str, str]:
    until = owner.organization.local_day() + timedelta(days=4)
    made = envelopes.set_aside(owner.organization, "Spring recall", usd("120"), until, OWNER)
    db.session.commit()
    page = f"/billing/wallet/set-aside/envelopes/{made.id}"
    return page, page


def of_a_limit(owner: Owner) -> tuple[str, str]:
    page = f"/billing/wallet/limits/{a_limit(owner.organization).limit_id}"
    return page, page


def day(owner: Owner, days: int) -> str:
    return (owner.organization.local_day() + timedelta(days=days)).isoformat()


WALLET = "/billing/wallet"
FORMS = [
    Form(
        "alerts.save_levels",
        at(f"{WALLET}/alerts", f"{WALLET}/alerts/levels"),
        {"low": "80", "hours": ["4"]},
        {"low": "70"},
        "The levels are now: Credit may run out within 4 hours; Low balance: under $80.00; Calling is paused.",
        ['value="70"'],
    ),
    Form(
        "set_aside.choose_reserve",
        at(f"{WALLET}/set-aside", f"{WALLET}/set-aside/reserve"),
        {"kind": "amount", "floor": "8"},
        {"kind": "amount", "floor": "7"},
        "$8.00 is now kept.",
        ['value="7"'],
    ),
    Form(
        "set_aside.change",
        of_an_envelope,
        {"amount": "100", "until": "5"},
        {"amount": "120", "until": "6"},
        "$100.00 is now set aside until",
        ['value="120"'],
    ),
    Form(
        "wallet.change_daily_limit",
        at(f"{WALLET}/daily-limit"),
        {"limit": "80"},
        {"limit": "90"},
        "The limit is now $80.00.",
        ['value="90"'],
    ),
    Form(
        "limits.change",
        of_a_limit,
        {"amount": "5", "kind": "tells"},
        {"amount": "9", "kind": "stops"},
        "The limit is now $5.00 a day. It only notifies you.",
        ['value="9"'],
    ),
]
ELSEWHERE = {
    "alerts.save_choices": "below: what wasn't touched stays as it is by now",
    "auto_top_up.agree": "tests/billing/auto_top_ups/test_settings.py",
    "billing_details.save": "tests/billing/customers/test_details.py",
}
ADDS = {
    "alerts.add_channel",
    "brake.answer",  # a stop that was answered stays as it is
    "limits.add",
    "set_aside.add",
    "wallet.begin_top_up",
}
"""Forms that replace nothing."""


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="200")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.endpoint)
def test_the_second_one_sees_what_the_first_one_did(owner: Owner, form: Form) -> None:
    page, path = form.given(owner)
    seen = seen_on(owner.get(page))
    first, second = ({**fields, **seen} for fields in (form.first, form.second))
    for fields in (first, second):
        if "until" in fields:
            fields["until"] = day(owner, int(str(fields["until"])))
    assert owner.post(path, first).status_code == 303
    refused = owner.post(path, second)
    assert refused.status_code == 422
    said = text_of(refused)
    assert (
        "Someone else changed this in the meantime" in said
        and form.reads in said
        and f"{owner.email} changed it on" in said
    )
    assert all(kept in refused.text for kept in form.keeps), "what was typed is kept"
    again = owner.post(path, second | seen_on(refused))
    assert again.status_code == 303, "who has seen it may replace it"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.endpoint)
def test_a_form_that_no_one_raced_is_saved(owner: Owner, form: Form) -> None:
    page, path = form.given(owner)
    fields = {**form.first, **seen_on(owner.get(page))}
    if "until" in fields:
        fields["until"] = day(owner, int(str(fields["until"])))
    assert owner.post(path, fields).status_code == 303


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.endpoint)
@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": " \u200b"}])
def test_a_form_that_does_not_say_what_was_seen_is_refused(
    owner: Owner, form: Form, seen: dict[str, str]
) -> None:
    page, path = form.given(owner)
    fields = {**form.first, **seen}
    if "until" in fields:
        fields["until"] = day(owner, int(str(fields["until"])))
    before = owner.get(page).text
    refused = owner.post(path, fields)
    assert refused.status_code == 400
    assert "This form is incomplete" in text_of(refused) and "Nothing was changed." in text_of(refused)
    assert seen_on(owner.get(page))["seen"] in before


class TestWhoIsTold:
    """A form with many channels: two owners who touch different ones don't get in each other's way."""

    PAGE = f"{WALLET}/alerts"

    def fields(self, owner: Owner, **tells: list[str]) -> Fields:
        html = owner.get(self.PAGE).text
        channel, told = (re.findall(rf'name="{name}" value="([^"]+)"', html) for name in ("channel", "told"))
        tell = re.findall(r'name="tell" value="([^"]+)" checked', html)
        for id_, about in tells.items():
            tell = [one for one in tell if not one.startswith(id_)] + [f"{id_} {one}" for one in about]
        return {"channel": channel, "told": told, "tell": tell}

    def test_what_was_not_touched_stays_as_it_is_by_now(self, owner: Owner) -> None:
        recipients, chat = recipients_channel(owner.organization), a_chat(owner.organization)
        first = self.fields(owner, **{str(chat.id): ["paused"]})
        second = self.fields(owner, **{str(recipients.id): ["digest"]})
        assert owner.post(f"{self.PAGE}/choices", first).status_code == 303
        assert owner.post(f"{self.PAGE}/choices", second).status_code == 303
        shown = self.fields(owner)["tell"]
        assert sorted(shown) == sorted([f"{recipients.id} digest", f"{chat.id} paused"])

    def test_of_the_same_channel_the_second_one_sees_what_the_first_one_did(self, owner: Owner) -> None:
        chat = a_chat(owner.organization, kind=ChannelKind.TEAMS)
        first = self.fields(owner, **{str(chat.id): ["paused"]})
        second = self.fields(owner, **{str(chat.id): ["low"]})
        assert owner.post(f"{self.PAGE}/choices", first).status_code == 303
        refused = owner.post(f"{self.PAGE}/choices", second)
        assert refused.status_code == 422
        assert "Billing alerts (Teams) now gets: Calling is paused." in text_of(refused)
        assert re.findall(r'name="tell" value="([^"]+)" checked', refused.text)[-1] == f"{chat.id} low"
        again = second | {"told": re.findall(r'name="told" value="([^"]+)"', refused.text)}
        assert owner.post(f"{self.PAGE}/choices", again).status_code == 303
        assert self.fields(owner)["tell"][-1] == f"{chat.id} low"


def test_every_form_of_settings_is_in_a_list(app: Flask) -> None:
    typed = {
        rule.endpoint
        for rule in rules(app, "POST")
        if rule.rule.startswith(("/billing/wallet", "/billing/details"))
        and hasattr(app.view_functions[rule.endpoint], "form_summary")
    }
    assert typed == {one.endpoint for one in FORMS} | set(ELSEWHERE) | ADDS
