"""Who gets into the console: operators only, by its own cookie; and an operator gets into nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.clock import utc_now
from app.models import OperatorRole
from app.operators import accounts
from app.operators.sessions import ABSOLUTE, IDLE
from app.operators.trail import COMMAND
from app.pages.operator.blueprint import command_of
from app.transaction import transaction
from app.web.pools import HASH_PASSWORDS_OF_OPERATORS, Pool, pool_of
from config import Settings
from demo.application import create_app
from tests.factories import an_organization
from tests.pages.operator.conftest import SHELL
from tests.support.browsing import text_of
from tests.support.console import COOKIE, Console, a_console
from tests.support.moved_clock import moved_clock
from tests.support.operating import an_operator, events
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

OPEN = {"operator.sign_in", "operator.join"}
"""What someone without a session sees."""
NO_ACTIONS = OPEN | {"operator.sign_out"}
"""What is about the session itself; `flask operator add`, `reset` and `disable` are what commands have for it."""
ID = "01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"


def rules(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("operator.")]
    assert len(found) > 12
    return found


def address(rule: Rule) -> str:
    return (
        rule.rule.replace("<token>", "x" * 43)
        .replace("<uuid:org_id>", ID)
        .replace("<uuid:mail_id>", ID)
        .replace("<uuid:message_id>", ID)
    )


def each(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method) for rule in rules(app) for method in sorted({"GET", "POST"} & (rule.methods or set()))
    ]


def test_it_is_served_only_where_the_settings_say_so(app: Flask, settings: Settings) -> None:
    without = create_app(replace(settings, operator_console=False))
    assert not [rule for rule in without.url_map.iter_rules() if rule.rule.startswith("/operator")]
    assert without.test_client().get("/operator").status_code == 404
    assert not settings.operator_console, "it is off by default"


def test_signed_out_everything_leads_to_the_sign_in_page(app: Flask) -> None:
    visitor = Console(app)
    visitor.get("/sign-in")
    for rule, method in each(app):
        if rule.endpoint not in NO_ACTIONS:
            answer = visitor.client.open(
                address(rule), method=method, data={"csrf_token": visitor.token} if method == "POST" else None
            )
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/operator/sign-in"), rule


def test_an_owners_session_opens_nothing_of_it_not_even_in_its_cookie(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    assert owner.get("/billing").status_code == 200
    cookie = owner.client.get_cookie("billing_session")
    assert cookie is not None
    assert owner.client.get("/operator").status_code == 302
    owner.client.set_cookie(COOKIE, cookie.value, path="/operator")
    assert owner.client.get("/operator").location.startswith("/operator/sign-in")


def test_an_operators_session_opens_nothing_of_an_owners_not_even_in_their_cookie(console: Console) -> None:
    assert console.get("").status_code == 200
    assert console.client.get("/billing").location.startswith("/sign-in")
    cookie = console.client.get_cookie(COOKIE, path="/operator")
    assert cookie is not None
    console.client.set_cookie("billing_session", cookie.value)
    assert console.client.get("/billing").location.startswith("/sign-in")


def test_its_cookie_goes_to_it_alone_and_no_script_reads_it(app: Flask) -> None:
    visitor = Console(app)
    headers = visitor.sign_in(an_operator()).headers.getlist("Set-Cookie")
    (header,) = [one for one in headers if one.startswith(f"{COOKIE}=")]
    assert {"HttpOnly", "Path=/operator", "SameSite=Lax"} <= set(header.split("; "))


def test_signing_in_begins_another_session(app: Flask) -> None:
    """What was planted before, a cookie or a form token, opens nothing afterward."""
    visitor = Console(app)
    visitor.get("/sign-in")
    before, token = visitor.client.get_cookie(COOKIE, path="/operator"), visitor.token
    visitor.sign_in(an_operator())
    after = visitor.client.get_cookie(COOKIE, path="/operator")
    assert before is not None and after is not None
    assert before.value != after.value
    assert visitor.post("/sign-out", token=token).status_code == 400
    assert visitor.get("").status_code == 200
    visitor.client.set_cookie(COOKIE, before.value, path="/operator")
    assert visitor.get("").status_code == 302


def test_signing_out_ends_it_on_the_server_too(console: Console) -> None:
    kept = console.client.get_cookie(COOKIE, path="/operator")
    assert kept is not None
    assert console.post("/sign-out").status_code == 303
    console.client.set_cookie(COOKIE, kept.value, path="/operator")
    assert console.get("").status_code == 302


@pytest.mark.parametrize("end", ["idle", "absolute", "disabled"])
def test_it_ends_by_itself_and_with_the_account(console: Console, end: str) -> None:
    if end == "disabled":
        with transaction():
            accounts.disable("dana@operator.example", COMMAND)
        assert console.get("").status_code == 302
        assert console.refused(console.sign_in(console.opened))  # type: ignore[arg-type]
        return
    with moved_clock(utc_now() + (IDLE if end == "idle" else ABSOLUTE) + timedelta(minutes=1)):
        assert console.get("").status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"email": "no-one@operator.example"}, {"password": "another one"}, {"code": "000000"}]
)
def test_nothing_says_what_was_wrong(app: Flask, wrong: dict[str, str]) -> None:
    visitor = Console(app)
    assert "Incorrect email, password or code." in visitor.refused(visitor.sign_in(an_operator(), **wrong))
    assert visitor.get("").status_code == 302


def test_guessing_is_stopped_whether_or_not_there_is_such_an_account(app: Flask) -> None:
    opened = an_operator()
    for email in (opened.operator.email, "no-one@operator.example"):
        visitor = Console(app)
        answers = [
            "Incorrect" in visitor.refused(visitor.sign_in(opened, email=email, password="guess"))
            for _ in range(9)
        ]
        assert answers == [True] * 8 + [False], email
    # The right one is not tried then, either.
    visitor = Console(app)
    assert "Too many" in visitor.refused(visitor.sign_in(opened))


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/operator",
        "//evil.example/operator",
        "/operator.evil.example",
        "/operatorx",
        "/billing",
        "/operator\\@evil.example\n",
        "javascript:alert(1)",
    ],
)
def test_signing_in_leads_nowhere_else(app: Flask, wanted: str) -> None:
    assert Console(app).sign_in(an_operator(), to=wanted).location == "/operator"


def test_signing_in_leads_to_what_was_asked_for(app: Flask) -> None:
    visitor, wanted = Console(app), "/operator/findings?object=pi_1"
    asked = visitor.get(wanted).location
    assert f'name="next" value="{wanted}"' in visitor.get(asked).text
    assert visitor.sign_in(an_operator(), to=wanted).location == wanted


def test_support_can_not_grant_credit(app: Flask) -> None:
    support, harbor = a_console(app, OperatorRole.SUPPORT), an_organization()
    assert "Grant credit" not in support.get(f"/organizations/{harbor.id}").text
    found = [rule for rule, _ in each(app) if "credit" in rule.rule]
    assert len(found) == 4
    for rule in found:
        method = "POST" if "POST" in (rule.methods or set()) else "GET"
        at = rule.rule.replace("<uuid:org_id>", str(harbor.id))
        answer = support.client.open(
            at, method=method, data={"csrf_token": support.token} if method == "POST" else None
        )
        assert answer.status_code == 403
    assert events("credit.granted") == []


def test_every_form_needs_its_token_and_its_own_origin(
    console: Console, app: Flask, settings: Settings
) -> None:
    for rule, method in each(app):
        if method != "POST":
            continue
        at = address(rule)
        assert console.client.post(at).status_code == 400, at
        assert console.client.post(at, data={"csrf_token": "x"}).status_code == 400, at
        for headers in (
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            # The owners' pages, where the console is at an address of its own; and the shell's, with which they share one.
            {"Origin": settings.public_url, "Sec-Fetch-Site": "cross-site"},
            {"Origin": settings.public_url, "Sec-Fetch-Site": "same-site"},
            {"Origin": SHELL, "Sec-Fetch-Site": "same-origin"},
            {"Origin": SHELL},
            {"Origin": "null"},
        ):
            answer = console.client.post(at, data={"csrf_token": console.token}, headers=headers)
            assert answer.status_code == 400, at
            assert "came from another site" in text_of(answer)


def test_another_operators_token_is_none(app: Flask) -> None:
    dana, sam = a_console(app), a_console(app, email="sam@operator.example")
    assert dana.post("/sign-out", token=sam.token).status_code == 400


def test_no_frame_shows_it_and_nothing_of_stripes_runs(console: Console, app: Flask) -> None:
    for path in ("", "/sign-in", "/findings", "/nothing", f"/organizations/{uuid4()}"):
        answer = console.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in f"{policy};"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_is_said_by_the_console(console: Console) -> None:
    answer = console.get("/nothing")
    assert answer.status_code == 404
    assert "Voice Portal operators" in answer.text
    assert "Find an organization" in answer.text, "they can go on from there"
    assert "Find an organization" not in Console(console.client.application).get("/nothing").text
    assert "/billing" not in answer.text
    for beside in ("/operatorx", "/operators/sign-in", "/operator.html"):
        assert "Voice Portal operators" not in console.client.get(beside).text


def test_each_page_and_action_has_a_command(app: Flask) -> None:
    missing = [
        rule.endpoint
        for rule in rules(app)
        if rule.endpoint not in NO_ACTIONS and command_of(rule.endpoint) is None
    ]
    assert missing == []
    changing = {rule.endpoint for rule, method in each(app) if method == "POST"} - NO_ACTIONS
    assert changing == {
        "operator.acknowledge_finding",
        "operator.fill_in_credit",
        "operator.grant_credit",
        "operator.replay_event",
        "operator.replay_message",
        "operator.resend_email",
    }, "Say in test_actions.py what it leaves, by the console and by its command."


def test_hashing_a_password_delays_no_other_page(app: Flask) -> None:
    assert set(app.view_functions) >= HASH_PASSWORDS_OF_OPERATORS
    assert {pool_of(endpoint) for endpoint in HASH_PASSWORDS_OF_OPERATORS} == {Pool.SIGN_IN}
    assert pool_of("operator.find", "/operator") is Pool.PAGES


def test_it_reads_in_english_whatever_the_browser_asks_for(console: Console) -> None:
    harbor = an_organization("Harbor Dental", credit="12.5")
    answer = console.get(f"/organizations/{harbor.id}", headers={"Accept-Language": "de"})
    assert '<html lang="en-US"' in answer.text
    assert "$12.50" in text_of(answer)
