"""Signing in in two steps: what opens nothing until the second one, what lets in, and what is told of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Mail, PendingSignIn, SignInSession, User
from app.people import password_links
from app.people.factors import pending_sign_ins, recovery_codes
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.support import url_map
from tests.support.browsing import Visitor, text_of
from tests.support.factors import a_code, a_passkey, an_app, codes_of

STEP = "/sign-in/second-factor"
RECOVERY = "/sign-in/second-factor/recovery-code"


@pytest.fixture
def dana(app: Flask) -> User:
    return a_person("dana@harbor.example", organization=an_organization("Oak Street Bakery"))


def wrong(secret: str) -> str:
    """A code that is none of those that would be accepted now."""
    accepted = {a_code(secret, steps=steps) for steps in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777") if code not in accepted)  # fmt: skip


def test_the_password_and_then_a_code_of_the_app_sign_in_and_lead_back(visitor: Visitor, dana: User) -> None:
    secret = an_app(dana)
    assert visitor.sign_in(dana.email, to="/billing/wallet?kind=top_up").location == STEP
    asked = visitor.get(STEP)
    assert "Code from your authenticator app" in text_of(asked)
    assert visitor.post(STEP, {"code": ""}).status_code == 422
    refused = visitor.post(STEP, {"code": wrong(secret)})
    assert refused.status_code == 422
    assert "This code is wrong" in text_of(refused)
    admitted = visitor.post(STEP, {"code": a_code(secret, steps=1)})
    assert admitted.location == "/billing/wallet?kind=top_up"
    assert visitor.get("/billing").status_code == 200
    assert visitor.get(STEP).location == "/billing", "nothing waits any more"


def test_without_a_factor_the_password_is_enough(visitor: Visitor, dana: User) -> None:
    assert visitor.sign_in(dana.email).location == "/billing"


@pytest.mark.long
def test_half_signed_in_every_page_behaves_as_not_signed_in(app: Flask, dana: User) -> None:
    a_passkey(dana), an_app(dana)
    half, no_one = Visitor(app.test_client()), Visitor(app.test_client())
    half.sign_in(dana.email)
    assert half.get(STEP).status_code == 200
    values = {"UUIDConverter": uuid4(), "period": "2026-11"}
    own = {"auth.second_factor", "auth.recovery_code", "auth.second_factor_challenge", "auth.use_passkey"}
    walked = 0
    for method in ("GET", "POST"):
        for rule in url_map.rules(app, method):
            if rule.endpoint in own or rule.endpoint.startswith(
                ("api.", "assets.", "components.", "dev_mail.", "health.")
            ):
                continue
            path = url_map.address(app, rule, values)
            answers = [
                visitor.get(path) if method == "GET" else visitor.post(path) for visitor in (half, no_one)
            ]
            assert answers[0].status_code == answers[1].status_code, (method, path)
            assert answers[0].location == answers[1].location, (method, path)
            assert "Oak Street Bakery" not in answers[0].text, path
            if rule.endpoint == "auth.sign_out":
                half.sign_in(dana.email)
            walked += 1
    assert walked > 60
    db.session.rollback()
    assert db.session.scalars(db.select(SignInSession)).all() == []


def test_what_was_open_before_in_the_browser_ends(app: Flask, visitor: Visitor, dana: User) -> None:
    other = a_person(organization=an_organization("Pine Realty"))
    visitor.sign_in(other.email)
    an_app(dana)
    visitor.sign_in(dana.email)
    assert visitor.get("/billing").status_code == 302


def test_a_lost_phone_leaves_a_recovery_code_which_is_told(visitor: Visitor, dana: User) -> None:
    an_app(dana)
    code, *_ = codes_of(dana)
    visitor.sign_in(dana.email, to="/billing/wallet")
    assert "Use a recovery code" in text_of(visitor.get(STEP))
    assert "Lost your codes, too? Ask another owner" in text_of(visitor.get(RECOVERY))
    assert visitor.post(RECOVERY, {"recovery_code": "x" * 24}).status_code == 422
    assert visitor.post(RECOVERY, {"recovery_code": code.upper()}).location == "/billing/wallet"
    assert "You have 9 left. Lost your phone or passkey?" in text_of(visitor.get("/billing/wallet"))
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "factor_changed")).one()
    assert (told.recipient, told.facts["change"], told.facts["left"]) == (dana.email, "code_used", 9)
    visitor.post("/sign-out")
    visitor.sign_in(dana.email)
    assert visitor.post(RECOVERY, {"recovery_code": code}).status_code == 422


def test_who_has_nothing_left_is_told_who_can_help(visitor: Visitor, dana: User) -> None:
    an_app(dana)
    visitor.sign_in(dana.email)
    page = visitor.get(STEP)
    assert "Lost it? Ask another owner of your organization to reset" in text_of(page)
    assert 'href="mailto:support@' in page.text


def test_wrong_codes_end_with_the_password_and_the_owner_is_told(
    app: Flask, visitor: Visitor, dana: User
) -> None:
    secret = an_app(dana)
    visitor.sign_in(dana.email, to="/billing/wallet")
    for _ in range(pending_sign_ins.MOST_FAILURES):
        assert visitor.post(STEP, {"code": wrong(secret)}).status_code == 422
    over = visitor.post(STEP, {"code": a_code(secret, steps=1)})
    assert over.location == "/sign-in?next=/billing/wallet"
    assert "Enter your password again" in text_of(visitor.get(over.location))
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "factor_changed")).one()
    assert told.facts["change"] == "guessed"
    noted = db.session.scalars(db.select(AuditEvent)).one()
    assert (noted.action, noted.actor) == ("user.second_factor_guessed", "sign-in page")


@pytest.mark.long
def test_a_stranger_who_guesses_keeps_no_owner_out(app: Flask, dana: User) -> None:
    """Not in a browser that they know, and nowhere with a recovery code."""
    secret, codes = an_app(dana), codes_of(dana)
    at_home, stranger, elsewhere = (Visitor(app.test_client()) for _ in range(3))
    at_home.sign_in(dana.email)
    at_home.post(STEP, {"code": a_code(secret, steps=1)})
    at_home.post("/sign-out")
    statuses = []
    for _ in range(12):
        stranger.sign_in(dana.email)
        statuses.append(stranger.post(STEP, {"code": wrong(secret)}).status_code)
    assert statuses[-1] == 429
    elsewhere.sign_in(dana.email)
    assert elsewhere.post(RECOVERY, {"recovery_code": codes[0]}).location == "/billing"
    at_home.sign_in(dana.email)
    db.session.execute(db.text("UPDATE authenticator_app SET last_step = NULL"))
    db.session.commit()
    assert at_home.post(STEP, {"code": a_code(secret)}).location == "/billing"


def test_two_browsers_with_the_same_code_at_the_same_moment_are_one_that_gets_in(
    app: Flask, dana: User
) -> None:
    secret = an_app(dana)
    browsers = [Visitor(app.test_client()) for _ in range(4)]
    for browser in browsers:
        browser.sign_in(dana.email)
    tokens, code, together = [one.token() for one in browsers], a_code(secret, steps=1), Barrier(4)

    def send(place: int) -> int:
        together.wait(10)
        return browsers[place].post(STEP, {"code": code}, token=tokens[place]).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(send, range(4))) == [302, 422, 422, 422]
    db.session.rollback()
    assert len(db.session.scalars(db.select(SignInSession)).all()) == 1


def warnings() -> int:
    """How many emails say that someone has the password."""
    db.session.rollback()
    told = db.session.scalars(db.select(Mail.facts["change"].astext).where(Mail.kind == "factor_changed"))
    return list(told).count("guessed")


def at_once(
    app: Flask, visitor: Visitor, codes: list[str], *, path: str = STEP, field: str = "code"
) -> list[int]:
    """What one browser is answered that sends these codes at the same moment."""
    token, together = visitor.token(), Barrier(len(codes))
    cookie = visitor.client.get_cookie("billing_session")
    assert cookie

    def send(code: str) -> int:
        client = app.test_client()
        client.set_cookie("billing_session", cookie.value)
        together.wait(10)
        return Visitor(client).post(path, {field: code}, token=token).status_code

    with ThreadPoolExecutor(len(codes)) as threads:
        return sorted(threads.map(send, codes))


def test_a_button_pressed_twice_warns_no_one(app: Flask, visitor: Visitor, dana: User) -> None:
    secret = an_app(dana)
    visitor.sign_in(dana.email)
    answers = at_once(app, visitor, [a_code(secret, steps=1)] * 3)
    assert 302 in answers
    assert warnings() == 0
    assert db.session.scalars(db.select(SignInSession)).all() != []


def test_of_several_recovery_codes_at_the_same_moment_one_is_used_up(
    app: Flask, visitor: Visitor, dana: User
) -> None:
    an_app(dana)
    codes = codes_of(dana)[:4]
    visitor.sign_in(dana.email)
    at_once(app, visitor, codes, path=RECOVERY, field="recovery_code")
    db.session.rollback()
    assert recovery_codes.count_left(dana.id) == 9
    assert len(db.session.scalars(db.select(SignInSession)).all()) == 1, "who comes late starts over"


def test_a_burst_of_wrong_codes_is_one_warning(app: Flask, visitor: Visitor, dana: User) -> None:
    secret = an_app(dana)
    visitor.sign_in(dana.email)
    at_once(app, visitor, [wrong(secret)] * 7)
    assert warnings() == 1


def test_who_has_the_password_floods_no_one_with_warnings(visitor: Visitor, dana: User) -> None:
    an_app(dana)
    for _ in range(4):
        visitor.sign_in(dana.email)
        for _ in range(pending_sign_ins.MOST_FAILURES):
            visitor.post(RECOVERY, {"recovery_code": "x" * 24})
    assert warnings() == 1
    assert db.session.query(AuditEvent).filter_by(action="user.second_factor_guessed").count() == 1


def test_it_waits_ten_minutes_and_not_longer(visitor: Visitor, dana: User) -> None:
    secret = an_app(dana)
    visitor.sign_in(dana.email)
    db.session.execute(db.update(PendingSignIn).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    assert visitor.get(STEP).location == "/sign-in?next=/billing"
    assert visitor.post(STEP, {"code": a_code(secret, steps=1)}).location == "/sign-in?next=/billing"


def test_a_new_password_by_email_doesnt_skip_it_and_ends_who_waited(
    app: Flask, visitor: Visitor, dana: User
) -> None:
    secret = an_app(dana)
    thief = Visitor(app.test_client())
    thief.sign_in(dana.email)
    with transaction():
        password_links.mail_to(dana, OWNER)
    link = db.session.scalars(db.select(Mail).where(Mail.kind == "password_link")).one().facts["path"]
    assert visitor.post(link, {"password": "seven purple giraffes dance"}).location == STEP
    assert visitor.get("/billing").status_code == 302
    assert thief.post(STEP, {"code": a_code(secret, steps=1)}).location == "/sign-in?next=/billing"
    assert visitor.post(STEP, {"code": a_code(secret, steps=1)}).location == "/billing"


def test_what_is_learned_of_an_account_before_the_password_is_nothing(app: Flask, dana: User) -> None:
    an_app(dana)
    plain = a_person(organization=an_organization())
    said = [
        text_of(Visitor(app.test_client()).sign_in(one.email, "wrong")).replace(one.email, "")
        for one in (dana, plain)
    ]
    assert said[0] == said[1]
