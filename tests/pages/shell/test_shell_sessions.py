"""The sessions that the shell begins: how long they last, whose they are, and what ends them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    SignInSession,
)
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, Visitor
from tests.support.portal_shell import (
    PortalShell,
    now,
)
from tests.support.shell_frame import IN_FRAME, enter, is_in, leave, renew


@pytest.mark.long
def test_a_session_ends_unless_the_shell_renews_it(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token())
    before = db.session.scalars(db.select(SignInSession)).one()
    assert timedelta(minutes=14) < before.ends_at - utc_now() <= timedelta(minutes=15)
    db.session.execute(db.update(SignInSession).values(ends_at=utc_now() + timedelta(seconds=50)))
    db.session.commit()
    answer = renew(frame, shell.token())
    assert answer.json in ({"ends_in": 900, "renews_in": 300}, {"ends_in": 900, "renews_in": 299})
    db.session.execute(db.update(SignInSession).values(ends_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    page = frame.get("/billing/wallet", headers=IN_FRAME)
    assert page.status_code == 401
    assert "data-session-ended" in page.text
    assert 'name="password"' not in page.text, "no one types a password into a frame"
    asked = HTMX | {"X-Organization": "acme-rivets"}
    assert frame.get("/billing/live/overview", headers=asked).status_code == 401
    assert renew(frame, shell.token()).json["reason"] == "other_session"


def test_renewing_is_no_activity_and_has_an_end(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token())
    long_ago = utc_now() - timedelta(minutes=59)
    db.session.execute(db.update(SignInSession).values(seen_at=long_ago))
    db.session.commit()
    assert renew(frame, shell.token()).status_code == 200
    assert db.session.scalars(db.select(SignInSession.seen_at)).one() == long_ago
    db.session.execute(
        db.update(SignInSession).values(seen_at=utc_now(), created_at=utc_now() - timedelta(hours=13))
    )
    db.session.commit()
    assert renew(frame, shell.token()).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [{"sub": "person-2", "email": "other@acme.example"}, {"org": str(uuid4())}],
    ids=["person", "organization"],
)
def test_a_token_of_someone_else_renews_nothing(
    frame: Visitor, shell: PortalShell, changes: dict[str, str]
) -> None:
    enter(frame, shell.token())
    before = db.session.scalars(db.select(SignInSession.ends_at)).one()
    assert renew(frame, shell.token(**changes)).json["reason"] == "other_session"
    assert db.session.scalars(db.select(SignInSession.ends_at)).one() == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"roles": ["guest"]}, "unknown_role"), ({"email": "dana@acme.example"}, "address_taken")],
    ids=["no role", "no account"],
)
def test_who_is_at_the_shell_next_finds_no_session_of_who_was_before(
    frame: Visitor, shell: PortalShell, changes: dict[str, Any], reason: str
) -> None:
    enter(frame, shell.token())
    next_one = {"sub": "person-2", "email": "other@acme.example"} | changes
    assert f'data-sign-in-refused="{reason}"' in enter(frame, shell.token(**next_one)).text
    assert not is_in(frame)
    assert db.session.scalars(db.select(SignInSession)).all() == []


@pytest.mark.long
def test_pages_of_the_shell_share_the_session_of_its_person(frame: Visitor, shell: PortalShell) -> None:
    """Each posts a token: those that are open already keep their session, and so do the forms in them."""
    enter(frame, shell.token(auth_time=now()))
    token = frame.token()
    first = db.session.scalars(db.select(SignInSession)).one()
    enter(frame, shell.token(auth_time=now()), path="/billing/parts")
    db.session.expire_all()
    again = db.session.scalars(db.select(SignInSession)).one()
    assert again.token_hash == first.token_hash
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}
    assert frame.post("/billing/wallet/top-ups", {"amount": "1"}, token=token, headers=own).status_code == 422
    signed_in = [one for one in db.session.scalars(db.select(AuditEvent)) if one.action == "user.signed_in"]
    assert len(signed_in) == 1


@pytest.mark.parametrize(
    "changes",
    [{"sub": "person-2", "email": "other@acme.example"}, {"org": str(uuid4())}],
    ids=["person", "organization"],
)
def test_a_token_of_another_person_or_organization_ends_the_session(
    frame: Visitor, shell: PortalShell, changes: dict[str, str]
) -> None:
    enter(frame, shell.token(auth_time=now()))
    before = db.session.scalars(db.select(SignInSession)).one()
    was, shown = before.token_hash, (before.user_id, before.org_id)
    enter(frame, shell.token(auth_time=now(), **changes))
    db.session.expire_all()
    after = db.session.scalars(db.select(SignInSession)).one()
    assert after.token_hash != was
    assert (after.user_id, after.org_id) != shown


@pytest.mark.long
def test_a_token_that_gives_no_role_any_more_ends_the_session(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token(auth_time=now()))
    assert 'data-sign-in-refused="unknown_role"' in enter(frame, shell.token(roles=[], auth_time=now())).text
    assert db.session.scalars(db.select(SignInSession)).all() == []


@pytest.mark.long
def test_signing_out_of_the_shell_ends_the_session_whatever_the_frame_shows(
    frame: Visitor, shell: PortalShell
) -> None:
    """No form's token is asked for: many pages have no form. The origin is checked."""
    enter(frame, shell.token())
    for origin, status in ((None, 403), ("null", 403), ("https://evil.example", 403)):
        named = {"Origin": origin} if origin else {}
        assert leave(frame, {"Sec-Fetch-Site": "cross-site"} | named).status_code == status, origin
        assert is_in(frame)
    answer = leave(frame)
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (204, '"cache"')
    assert not is_in(frame)
    assert db.session.scalars(db.select(SignInSession)).all() == []
    assert "user.signed_out" in {one.action for one in db.session.scalars(db.select(AuditEvent))}
    assert leave(frame).status_code == 204, "who is out already may say so again"


def test_a_session_with_a_password_is_not_made_longer_by_a_token(
    app: Flask, frame: Visitor, shell: PortalShell
) -> None:
    owner = a_person(organization=an_organization())
    frame.sign_in(owner.email)
    assert renew(frame, shell.token()).status_code == 409


@pytest.mark.long
def test_a_page_goes_on_in_another_session_of_the_same_person_and_of_no_one_else(
    frame: Visitor, shell: PortalShell
) -> None:
    """In a cookie of the frame's, also where that was gone with the session."""
    enter(frame, shell.token())
    page = frame.token()
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
    in_frame = own | {"X-Frame-Site": "cross-site"}

    def post(**claims: str) -> TestResponse:
        data = {"token": shell.token(**claims), "renew": "1", "page": page}
        return frame.client.post("/auth/shell", data=data, headers=in_frame)

    db.session.execute(db.delete(SignInSession))
    db.session.commit()
    for other in ({"sub": "person-2", "email": "other@acme.example"}, {"org": str(uuid4())}):
        assert post(**other).json["reason"] == "other_session"
        assert db.session.scalars(db.select(SignInSession)).all() == []
    answer = post()
    assert answer.json.keys() == {"ends_in", "renews_in", "form_token"}
    assert answer.headers["Set-Cookie"].startswith("billing_frame=")
    assert is_in(frame)
