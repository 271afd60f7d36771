"""Every form of the console leads to a page of its own address, taken or refused: Back and a reload send nothing again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.models import Organization
from tests.factories import PASSWORD
from tests.operators.test_timeline import fill
from tests.pages.operator.test_access import each
from tests.pages.operator.test_actions import failed_email, failed_message
from tests.support.browsing import text_of
from tests.support.console import COOKIE, Console, a_console
from tests.support.operating import an_operator

HOSTILE: list[dict[str, Any]] = [
    {},
    {"reason": "x" * 5_000, "amount": "9" * 5_000, "code": "1" * 41, "email": "e" * 5_000, "grant": "x"},
    {"reason": "a\x00b", "last_day": "31/31/\x00", "kind": "\x00", "key": "\x00", "email": "\x00"},
]


@pytest.mark.parametrize("typed", HOSTILE, ids=["nothing", "much", "unstorable"])
def test_each_form_leads_to_a_page_that_is_asked_for(
    app: Flask, harbor: Organization, typed: dict[str, Any]
) -> None:
    email, message = failed_email(harbor).at, failed_message(harbor).at
    console, forms = a_console(app), [rule for rule, method in each(app) if method == "POST"]
    assert len(forms) > 7
    for rule in forms:
        at = (
            rule.rule.replace("<uuid:org_id>", str(harbor.id))
            .replace("<uuid:mail_id>", email.rpartition("/")[2])
            .replace("<uuid:message_id>", message.rpartition("/")[2])
            .replace("<token>", "x")
        )
        if at.endswith(("/sign-out", "/join/x")):
            continue
        form = vars(app.view_functions[rule.endpoint])["typed_form"]
        answer = console.post(at, {name: text for name, text in typed.items() if hasattr(form, name)})
        assert answer.status_code == 303, at
        (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(COOKIE)] or [""]
        assert len(cookie) < 4_000, at
        assert console.get(answer.location, follow_redirects=True).status_code == 200, at


def test_what_was_typed_stays_but_for_secrets(app: Flask) -> None:
    visitor = Console(app)
    answer = visitor.sign_in(an_operator(), password="a secret", code="123 456")
    page = visitor.get(answer.location)
    assert 'value="dana@operator.example"' in page.text
    assert "a secret" not in page.text
    assert "123 456" not in page.text
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(COOKIE)]
    kept = app.session_interface._console.get_signing_serializer(app).loads(  # type: ignore[attr-defined]
        re.split("[=;]", cookie)[1]
    )
    assert "a secret" not in str(kept)
    assert "123 456" not in str(kept)


def test_a_refused_form_is_said_on_its_own_page_only(console: Console, harbor: Organization) -> None:
    fill(harbor)
    credit = f"/organizations/{harbor.id}/credit"
    answer = console.post(credit, {"amount": "12,50 000", "reason": "Because"})
    for elsewhere in ("/findings", "/events", f"/organizations/{harbor.id}"):
        assert "There is a problem" not in text_of(console.get(elsewhere))
    page = console.get(answer.location)
    assert "There is a problem" in text_of(page)
    assert 'value="Because"' in page.text


def test_signing_in_after_a_mistake_leads_on(app: Flask) -> None:
    visitor, opened = Console(app), an_operator()
    wanted = "/operator/findings?object=pi_1"
    refused = visitor.sign_in(opened, to=wanted, password="wrong")
    assert f'name="next" value="{wanted}"' in visitor.get(refused.location).text
    right = {"email": opened.operator.email, "password": PASSWORD, "code": opened.code(), "next": wanted}
    assert visitor.post("/sign-in", right).location == wanted
