"""The page about one's own second factor: an app is set up, recovery codes are shown once, what is last stays."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, AuthenticatorApp, Mail, SignInSession, User
from app.people.factors import authenticator_apps, passkeys, recovery_codes, requirement, status
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.support.browsing import Visitor, links_of, text_of
from tests.support.factors import a_code, a_passkey, an_app

HERE = "/account/second-factor"


@pytest.fixture
def dana(app: Flask, visitor: Visitor) -> User:
    made = a_person("dana@harbor.example", organization=an_organization("Harbor Dental"))
    visitor.sign_in(made.email)
    return made


def told() -> list[str]:
    query = db.select(Mail.facts["change"].astext).where(Mail.kind == "factor_changed").order_by(Mail.id)
    return list(db.session.scalars(query))


def test_an_app_is_scanned_or_typed_and_confirmed_and_codes_are_shown_once(
    visitor: Visitor, dana: User
) -> None:
    assert visitor.post(f"{HERE}/app-setup").location == f"{HERE}/app"
    page = visitor.get(f"{HERE}/app")
    assert 'class="qr"' in page.text
    assert " style=" not in page.text.split("<main", 1)[1], "the policy allows no styles in the page"
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found
    secret = found[1].replace(" ", "")
    assert not status.has_any(dana.id)
    assert visitor.post(f"{HERE}/app", {"code": "12"}).status_code == 422
    done = visitor.post(f"{HERE}/app", {"code": a_code(secret)})
    codes = re.findall(r"<li><code>([0-9a-z-]+)</code>", done.text)
    assert len(codes) == 10
    assert 'download="voice-portal-recovery-codes.txt" href="data:text/plain;charset=utf-8,' in done.text
    assert [code for code in codes if code not in done.text.partition('href="data:')[2]] == []
    assert codes[0] not in visitor.get(HERE).text
    assert told() == ["app_added", "codes_made"]
    db.session.rollback()
    assert db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.id)).all() == [
        "user.signed_in",
        "user.authenticator_app_added",
        "user.recovery_codes_made",
    ]
    assert visitor.get(f"{HERE}/app").location == HERE, "it was set up"


def test_who_has_to_confirm_first_goes_on_with_the_button_and_not_with_an_older_setup(
    visitor: Visitor, dana: User
) -> None:
    visitor.post(f"{HERE}/app-setup")
    db.session.execute(db.update(SignInSession).values(confirmed_at=utc_now() - timedelta(hours=1)))
    db.session.commit()
    asked = visitor.post(f"{HERE}/app-setup")
    assert asked.status_code == 403
    found = re.search(r'name="next" value="([^"]+)"', asked.text)
    assert found
    assert found[1] == HERE


def test_the_button_pressed_six_times_sets_up_one_app(app: Flask, visitor: Visitor, dana: User) -> None:
    visitor.post(f"{HERE}/app-setup")
    setup = authenticator_apps.find_setup(dana)
    assert setup
    code, token, together = a_code(setup.secret), visitor.token(), Barrier(6)
    cookie = visitor.client.get_cookie("billing_session")
    assert cookie

    def press(_: int) -> int:
        client = app.test_client()
        client.set_cookie("billing_session", cookie.value)
        together.wait(10)
        return Visitor(client).post(f"{HERE}/app", {"code": code}, token=token).status_code

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(press, range(6))) == [200, 303, 303, 303, 303, 303]
    assert told() == ["app_added", "codes_made"]


def test_new_recovery_codes_replace_the_old_ones(visitor: Visitor, dana: User) -> None:
    assert visitor.post(f"{HERE}/recovery-codes").location == HERE, "of no use without a factor"
    an_app(dana)
    first = re.findall(r"<code>([0-9a-z-]+)</code>", visitor.post(f"{HERE}/recovery-codes").text)
    visitor.post(f"{HERE}/recovery-codes")
    with transaction():
        assert not recovery_codes.use(dana.id, first[0])
    assert recovery_codes.count_left(dana.id) == 10
    assert told() == ["codes_made", "codes_made"]


def test_an_app_is_removed_unless_an_organization_requires_it(visitor: Visitor, dana: User) -> None:
    an_app(dana)
    harbor = db.session.scalars(db.select(AuthenticatorApp.user_id)).one()
    assert harbor == dana.id
    asked = text_of(visitor.get(f"{HERE}/app/removal"))
    assert "Remove authenticator app" in asked
    assert "Your password will be enough to sign in" in asked
    a_passkey(dana)
    assert "Your password will be enough" not in text_of(visitor.get(f"{HERE}/app/removal"))
    passkeys.remove_all(dana.id)
    db.session.commit()
    org_id = db.session.scalar(db.text("SELECT id FROM organization"))
    with transaction():
        requirement.require(org_id, dana, OWNER)
    refused = visitor.post(f"{HERE}/app/removal")
    assert refused.status_code == 422
    assert "Harbor Dental requires a second factor" in text_of(refused)
    with transaction():
        requirement.stop_requiring(org_id, OWNER)
    assert visitor.post(f"{HERE}/app/removal").location == HERE
    assert not status.has_any(dana.id)
    assert visitor.get(f"{HERE}/app/removal").location == HERE
    assert told() == ["app_removed"]


def test_there_is_a_way_on_from_here(visitor: Visitor, dana: User) -> None:
    links = links_of(visitor.get(HERE).text)
    assert {"/account", "/billing", "/billing/wallet"} <= set(links)


def test_signed_out_it_asks_to_sign_in(app: Flask) -> None:
    assert Visitor(app.test_client()).get(HERE).location == f"/sign-in?next={HERE}"
