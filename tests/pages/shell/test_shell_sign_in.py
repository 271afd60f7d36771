"""The shell signs people in: what a token opens, and every token that opens nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app import create_app
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    ExternalIdentity,
    Membership,
    Organization,
    Role,
    SignInSession,
    UsedToken,
    User,
)
from app.pages.auth.shell_refusals import WORDS
from app.people import invitations, passwords, used_tokens
from app.shell import Reason
from app.web.step_up import WAYS_IN
from config import Settings
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import HTMX, BrowserClient, Visitor, text_of
from tests.support.portal_shell import (
    FRAMED,
    ISSUER,
    ORIGIN,
    PortalShell,
    encoded,
    signed_by_secret,
    unsigned,
)
from tests.support.shell_frame import IN_FRAME, enter, is_in, leave, renew

WINDOW = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
Make = Callable[[PortalShell], str]


def now(seconds: int = 0) -> int:
    return int(time.time()) + seconds


def on_others_key(shell: PortalShell, header: dict[str, Any] | None = None) -> str:
    """Signed by someone else's key, which the header may bring along."""
    shell.rotate(publish=False)
    return shell.token(header=header)


def with_key_inside(shell: PortalShell) -> str:
    shell.rotate(publish=False)
    return shell.token(header={"jwk": shell.key.as_dict(private=False), "kid": None})


def away(shell: PortalShell) -> str:
    shell.is_down = True
    return shell.token()


HOSTILE: dict[str, tuple[Make, Reason]] = {
    "nothing": (lambda _: "", Reason.MALFORMED),
    "a word": (lambda _: "token", Reason.MALFORMED),
    "bytes": (lambda _: "\u00e9.\u00e9.\u00e9", Reason.UNTRUSTED),
    "too long": (lambda s: s.token(name="x" * 20_000), Reason.UNTRUSTED),
    "not signed": (lambda s: unsigned(s.claims()), Reason.UNTRUSTED),
    "alg none, with a signature": (lambda s: s.token(header={"alg": "none"}), Reason.UNTRUSTED),
    "alg nOnE": (lambda s: s.token(header={"alg": "nOnE"}), Reason.UNTRUSTED),
    "the public key as a secret": (
        lambda s: signed_by_secret(s.claims(), s.key.as_pem(private=False), s.key.get("kid") or ""),
        Reason.UNTRUSTED,
    ),
    "another algorithm than the key's": (lambda s: s.token(header={"alg": "RS256"}), Reason.UNTRUSTED),
    "PS256": (lambda s: s.token(header={"alg": "PS256"}), Reason.UNTRUSTED),
    "someone else's key": (on_others_key, Reason.UNTRUSTED),
    "its own key inside": (with_key_inside, Reason.UNTRUSTED),
    "a key at an address of its own": (
        lambda s: on_others_key(s, {"jku": "http://127.0.0.1:1/keys"}),
        Reason.UNTRUSTED,
    ),
    "a certificate at an address": (
        lambda s: on_others_key(s, {"x5u": "http://127.0.0.1:1/cert"}),
        Reason.UNTRUSTED,
    ),
    "a path as the key's id": (lambda s: s.token(header={"kid": "../../../dev/null"}), Reason.UNTRUSTED),
    "SQL as the key's id": (lambda s: s.token(header={"kid": "' OR 1=1 --"}), Reason.UNTRUSTED),
    "a list as the key's id": (lambda s: s.token(header={"kid": [s.key.get("kid")]}), Reason.UNTRUSTED),
    "critical, unknown": (lambda s: s.token(header={"crit": ["x"], "x": 1}), Reason.UNTRUSTED),
    "an access token": (lambda s: s.token(header={"typ": "at+jwt"}), Reason.UNTRUSTED),
    "changed after signing": (
        lambda s: ".".join(
            [(parts := s.token().split("."))[0], encoded(s.claims(roles=["org_admin"])), parts[2]]
        ),
        Reason.UNTRUSTED,
    ),
    "another issuer": (lambda s: s.token(iss="https://evil.example"), Reason.WRONG_ISSUER),
    "the issuer with a slash": (lambda s: s.token(iss=f"{ISSUER}/"), Reason.WRONG_ISSUER),
    "no issuer": (lambda s: s.token(iss=None), Reason.WRONG_ISSUER),
    "another audience": (lambda s: s.token(aud="phone"), Reason.WRONG_AUDIENCE),
    "no audience": (lambda s: s.token(aud=None), Reason.WRONG_AUDIENCE),
    "several audiences": (lambda s: s.token(aud=["billing", "phone"]), Reason.WRONG_AUDIENCE),
    "expired": (lambda s: s.token(iat=now(-180), exp=now(-60)), Reason.EXPIRED),
    "from the future": (lambda s: s.token(iat=now(60), exp=now(120)), Reason.CLOCK_DIFFERS),
    "not yet": (lambda s: s.token(nbf=now(60)), Reason.CLOCK_DIFFERS),
    "signed in in the future": (lambda s: s.token(auth_time=now(60)), Reason.CLOCK_DIFFERS),
    "good for an hour": (lambda s: s.token(exp=now(3600)), Reason.TOO_LONG),
    "good for 121 seconds": (lambda s: s.token(iat=now(), exp=now() + 122), Reason.TOO_LONG),
    "over before it began": (lambda s: s.token(exp=now(-1), iat=now()), Reason.TOO_LONG),
    "no expiry": (lambda s: s.token(exp=None), Reason.CLAIM_MISSING),
    "an expiry as text": (lambda s: s.token(exp=str(now(60))), Reason.CLAIM_MISSING),
    "an expiry that is true": (lambda s: s.token(exp=True), Reason.CLAIM_MISSING),
    "an expiry of no size": (lambda s: s.token(exp=float("inf")), Reason.CLAIM_MISSING),
    "no time that it was made": (lambda s: s.token(iat=None), Reason.CLAIM_MISSING),
    "no id": (lambda s: s.token(jti=None), Reason.CLAIM_MISSING),
    "an empty id": (lambda s: s.token(jti=""), Reason.CLAIM_MISSING),
    "no one": (lambda s: s.token(sub=None), Reason.CLAIM_MISSING),
    "a number for a person": (lambda s: s.token(sub=7), Reason.CLAIM_MISSING),
    "a person with a NUL": (lambda s: s.token(sub="a\0b"), Reason.CLAIM_MISSING),
    "no organization": (lambda s: s.token(org=None), Reason.CLAIM_MISSING),
    "the organization by name": (lambda s: s.token(org="acme"), Reason.CLAIM_MISSING),
    "no one's organization": (lambda s: s.token(org=str(UUID(int=0))), Reason.CLAIM_MISSING),
    "the organization in braces": (lambda s: s.token(org="{" + str(uuid4()) + "}"), Reason.CLAIM_MISSING),
    "no address": (lambda s: s.token(email=None), Reason.CLAIM_MISSING),
    "an address that is none": (lambda s: s.token(email="dana"), Reason.CLAIM_MISSING),
    "no roles": (lambda s: s.token(roles=None), Reason.CLAIM_MISSING),
    "roles as text": (lambda s: s.token(roles="org_admin"), Reason.CLAIM_MISSING),
    "roles that aren't text": (lambda s: s.token(roles=[{"role": "org_admin"}]), Reason.CLAIM_MISSING),
    "an unknown role": (lambda s: s.token(roles=["superuser"]), Reason.UNKNOWN_ROLE),
    "no role at all": (lambda s: s.token(roles=[]), Reason.UNKNOWN_ROLE),
    "the keys away": (away, Reason.KEYS_UNAVAILABLE),
}
"""Tokens that open nothing, and why."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_token_that_opens_nothing_is_told_to_the_person_the_shell_and_operators(
    frame: Visitor, shell: PortalShell, name: str
) -> None:
    make, reason = HOSTILE[name]
    token = make(shell)
    with capture_logs() as logs:
        answer = enter(frame, token)
    words = WORDS[reason]
    assert answer.status_code == words.status
    assert f'data-sign-in-refused="{reason.value}"' in answer.text
    assert words.message in text_of(answer)
    assert words.next_step in text_of(answer)
    [line] = [line for line in logs if line["event"] == "shell_sign_in_refused"]
    assert line["reason"] == reason.value
    assert len(token) < 10 or token not in str(logs) + answer.text
    assert "dana@acme.example" not in str(logs)
    assert not is_in(frame)
    assert db.session.scalars(db.select(User)).all() == []
    assert db.session.scalars(db.select(Organization)).all() == []


def test_every_reason_is_in_words_and_has_a_token_here() -> None:
    assert set(WORDS) == set(Reason)
    elsewhere = {
        Reason.NOT_SET_UP,
        Reason.REPLAYED,
        Reason.ADDRESS_TAKEN,
        Reason.CONNECT_FIRST,
        Reason.OTHER_SESSION,
    }
    assert {reason for _, reason in HOSTILE.values()} == set(Reason) - elsewhere


def test_without_a_trusted_shell_no_token_is_read(settings: Settings, app: Flask, shell: PortalShell) -> None:
    alone = create_app(replace(settings, shell=None, shell_origins=(ORIGIN,)))
    alone.test_client_class = BrowserClient
    answer = enter(Visitor(alone.test_client()), shell.token())
    assert (answer.status_code, shell.asked) == (404, 0)


def test_a_good_token_makes_the_organization_and_the_person_and_opens_the_page_asked_for(
    frame: Visitor, shell: PortalShell
) -> None:
    answer = enter(frame, shell.token(), path="/billing/wallet")
    assert (answer.status_code, answer.location) == (303, "/billing/wallet")
    page = frame.get("/billing/wallet", headers=IN_FRAME)
    assert "Wallet" in page.text
    organization = db.session.scalars(db.select(Organization)).one()
    assert (str(organization.id), organization.name) == (shell.org_id, "Acme Rivets")
    user = db.session.scalars(db.select(User)).one()
    assert (user.email, user.name, user.password_hash) == ("dana@acme.example", "Dana Whitfield", None)
    assert db.session.scalars(db.select(Membership.role)).one() is Role.ORG_ADMIN
    done = {(one.action, one.details.get("by")) for one in db.session.scalars(db.select(AuditEvent))}
    assert {("organization.created", None), ("user.added", None), ("user.signed_in", "shell")} <= done


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example/billing", "/api/v1", "\\\\evil"])
def test_the_shell_leads_to_no_page_but_ours(frame: Visitor, shell: PortalShell, path: str) -> None:
    assert enter(frame, shell.token(), path=path).location == "/billing"


def test_a_token_signs_in_once_also_of_many_at_the_same_moment(app: Flask, shell: PortalShell) -> None:
    token = shell.token()
    frames = [Visitor(app.test_client()) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda frame: enter(frame, token).status_code, frames))
    assert sorted(answers) == [303] + [401] * 7
    assert sum(map(is_in, frames)) == 1
    again = enter(Visitor(app.test_client()), token)
    assert 'data-sign-in-refused="replayed"' in again.text


def test_used_tokens_are_kept_as_long_as_they_could_be_used(app: Flask) -> None:
    assert used_tokens.use(ISSUER, "old", utc_now() - timedelta(hours=2))
    assert used_tokens.use(ISSUER, "new", utc_now())
    used_tokens.delete_expired()
    assert len(db.session.scalars(db.select(UsedToken)).all()) == 1
    assert not used_tokens.use(ISSUER, "new", utc_now())
    assert used_tokens.use("https://other.example", "new", utc_now())


def test_many_people_of_a_new_organization_come_in_at_the_same_moment(app: Flask, shell: PortalShell) -> None:
    tokens = [shell.token(sub=f"p{n % 4}", email=f"p{n % 4}@acme.example") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda t: enter(Visitor(app.test_client()), t).status_code, tokens))
    assert answers == [303] * 8
    assert len(db.session.scalars(db.select(Organization)).all()) == 1
    assert len(db.session.scalars(db.select(ExternalIdentity)).all()) == 4


def test_an_account_with_a_password_is_not_taken_over_by_its_address(
    frame: Visitor, shell: PortalShell
) -> None:
    owner = a_person("dana@acme.example", organization=an_organization())
    answer = enter(frame, shell.token())
    assert answer.status_code == 409
    assert 'data-sign-in-refused="connect_first"' in answer.text
    assert not is_in(frame)
    assert db.session.scalars(db.select(ExternalIdentity)).all() == []
    assert Visitor(frame.client.application.test_client()).sign_in(owner.email).status_code == 302


def test_nor_is_one_whose_person_comes_by_an_identity_provider(frame: Visitor, shell: PortalShell) -> None:
    there = a_person("dana@acme.example", organization=an_organization())
    there.password_hash = None
    db.session.add(ExternalIdentity(user_id=there.id, issuer="https://login.example", subject="person-1"))
    db.session.commit()
    assert 'data-sign-in-refused="connect_first"' in enter(frame, shell.token()).text
    assert not is_in(frame)


def test_an_address_that_went_to_someone_else_opens_nothing_of_who_had_it(
    frame: Visitor, shell: PortalShell
) -> None:
    enter(frame, shell.token(sub="first"))
    assert enter(frame, shell.token(sub="second")).status_code == 409


def test_a_token_for_one_organization_opens_no_other_of_the_person(
    app: Flask, frame: Visitor, shell: PortalShell
) -> None:
    mine = shell.org_id
    enter(frame, shell.token())
    user = db.session.scalars(db.select(User)).one()
    own = an_organization("Own")
    db.session.add(Membership(org_id=own.id, user_id=user.id, role=Role.ORG_ADMIN))
    db.session.commit()
    page = frame.get("/billing", headers={"Sec-Fetch-Dest": "document"} | IN_FRAME)
    assert "Own" not in page.text
    assert frame.post("/organization", {"organization": str(own.id)}).status_code == 404
    shell.org_id = str(an_organization("Third").id)
    assert frame.post("/organization", {"organization": shell.org_id}).status_code == 404
    assert shell.org_id != mine


def test_who_came_by_the_shell_has_no_other_way_in(app: Flask, frame: Visitor, shell: PortalShell) -> None:
    """Once the shell lets them in no more, a password that they choose by email opens nothing."""
    enter(frame, shell.token())
    user = db.session.scalars(db.select(User)).one()
    user.password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    alone = Visitor(app.test_client())
    alone.sign_in(user.email)
    assert alone.get("/billing").status_code == 403


def test_a_role_that_the_shell_takes_away_is_gone_with_the_next_token(
    app: Flask, frame: Visitor, shell: PortalShell
) -> None:
    enter(frame, shell.token())
    assert is_in(frame)
    assert renew(frame, shell.token(roles=["member"])).status_code == 200
    assert frame.get("/billing", headers=IN_FRAME).status_code == 403
    assert renew(frame, shell.token(roles=["guest"])).status_code == 403
    assert db.session.scalars(db.select(Membership)).all() == []
    removed = db.session.scalars(db.select(AuditEvent.action)).all()
    assert {"user.role_changed", "user.removed"} <= set(removed)


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


def test_a_token_that_gives_no_role_any_more_ends_the_session(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token(auth_time=now()))
    assert 'data-sign-in-refused="unknown_role"' in enter(frame, shell.token(roles=[], auth_time=now())).text
    assert db.session.scalars(db.select(SignInSession)).all() == []


def test_a_shell_that_never_says_when_people_signed_in_confirms_by_another_session(
    frame: Visitor, shell: PortalShell
) -> None:
    enter(frame, shell.token())
    first = db.session.scalars(db.select(SignInSession.token_hash)).one()
    enter(frame, shell.token())
    assert db.session.scalars(db.select(SignInSession.token_hash)).one() == first
    db.session.execute(db.update(SignInSession).values(confirmed_at=utc_now() - timedelta(hours=1)))
    db.session.commit()
    enter(frame, shell.token())
    assert db.session.scalars(db.select(SignInSession.token_hash)).one() != first


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


def test_only_the_shells_pages_post_tokens(frame: Visitor, shell: PortalShell) -> None:
    """Else a page anywhere could sign a visitor in as someone else, and see what they enter."""
    for origin, status in ((None, 403), ("null", 403), ("https://evil.example", 403), (ORIGIN, 303)):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
        named = {"Origin": origin} if origin else {}
        answer = frame.client.post("/auth/shell", data={"token": shell.token()}, headers=headers | named)
        assert answer.status_code == status, origin
    assert frame.client.get(f"/auth/shell?token={shell.token()}", headers=FRAMED).status_code != 200


def test_pages_of_the_shell_send_no_form_of_ours(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token())
    answer = frame.post("/billing/wallet/top-ups", {"amount": "1"}, headers=FRAMED)
    assert answer.status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}
    assert frame.post("/billing/wallet/top-ups", {"amount": "1"}, headers=own).status_code == 422


def test_in_a_frame_on_another_site_the_cookie_is_partitioned_and_elsewhere_lax(
    app: Flask, shell: PortalShell
) -> None:
    same_site = FRAMED | {"Sec-Fetch-Site": "same-site"}
    for headers, is_foreign in ((FRAMED, True), (same_site, False), (WINDOW, False)):
        frame = Visitor(app.test_client())
        answer = frame.client.post("/auth/shell", data={"token": shell.token()}, headers=headers)
        [cookie] = answer.headers.getlist("Set-Cookie")
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        if is_foreign:
            assert cookie.startswith("billing_frame=")
            assert {"secure", "httponly", "path=/", "samesite=none", "partitioned"} <= attributes
        else:
            assert cookie.startswith("billing_session=")
            assert "samesite=lax" in attributes
            assert "partitioned" not in attributes


def test_by_https_the_frames_cookie_is_a_host_cookie(
    app: Flask, settings: Settings, shell: PortalShell
) -> None:
    by_https = create_app(
        replace(
            settings,
            public_url="https://billing.example",
            shell=shell.settings(),
            shell_origins=(ORIGIN,),
        )
    )
    by_https.test_client_class = BrowserClient
    client = by_https.test_client()
    answer = client.post("/auth/shell", data={"token": shell.token()}, headers=FRAMED)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-billing_frame=")
    assert "domain" not in cookie.lower()


def test_a_window_never_reads_the_frames_cookie(app: Flask, frame: Visitor, shell: PortalShell) -> None:
    """As a browser without partitions would send it."""
    enter(frame, shell.token())
    assert is_in(frame)
    assert frame.get("/billing", headers={"Sec-Fetch-Dest": "document"}).status_code == 302


def test_where_the_browser_keeps_no_cookie_the_page_says_so_and_opens_elsewhere(
    app: Flask, shell: PortalShell
) -> None:
    without = app.test_client(use_cookies=False)
    answer = without.post(
        "/auth/shell", data={"token": shell.token(), "path": "/billing/wallet"}, headers=FRAMED
    )
    with capture_logs() as logs:
        page = without.get(answer.location, headers={"Sec-Fetch-Dest": "iframe"})
    assert page.status_code == 403
    assert "Your browser blocks cookies here" in page.text
    assert 'action="/billing/wallet" target="_blank"' in page.text
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["shell_cookies_blocked"]


def test_in_a_window_that_keeps_no_cookie_no_other_window_is_offered(app: Flask, shell: PortalShell) -> None:
    without = app.test_client(use_cookies=False)
    answer = without.post("/auth/shell", data={"token": shell.token()}, headers=WINDOW)
    page = without.get(answer.location, headers={"Sec-Fetch-Dest": "document"})
    assert "Allow cookies for localhost" in page.text
    assert "_blank" not in page.text


def test_where_the_shell_has_no_token_the_frame_says_so_also_to_someone_signed_in(
    frame: Visitor, shell: PortalShell
) -> None:
    enter(frame, shell.token())
    with capture_logs() as logs:
        page = frame.get("/auth/shell?without-token&path=/billing/wallet", headers=IN_FRAME)
    assert page.status_code == 401
    assert "Your session has ended" in page.text
    assert 'data-continues="/billing/wallet"' in page.text
    assert "shell_gave_no_token" in [line["event"] for line in logs]


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


def test_in_a_frame_there_is_no_header_and_no_sign_out(frame: Visitor, shell: PortalShell) -> None:
    enter(frame, shell.token())
    framed = frame.get("/billing", headers=IN_FRAME).text
    assert "<header" not in framed
    assert "Sign out" not in framed
    assert f'<meta name="shell-origins" content="{ORIGIN}">' in framed
    alone = frame.get("/billing").text
    assert "<header" in alone


def test_the_shells_word_confirms_until_it_is_old(frame: Visitor, shell: PortalShell) -> None:
    """Someone who only has what the shell began confirms by signing in to the shell again."""
    enter(frame, shell.token(auth_time=now(-3600)))
    new_card = "/billing/payment-methods/new"
    assert frame.get(new_card, headers=IN_FRAME).location.startswith("/confirm?")
    assert renew(frame, shell.token(auth_time=now(-3500))).status_code == 200
    assert frame.get(new_card, headers=IN_FRAME).location.startswith("/confirm?")
    assert renew(frame, shell.token(auth_time=now())).status_code == 200
    assert frame.get(new_card, headers=IN_FRAME).status_code != 303


def test_who_can_sign_in_here_too_confirms_with_that(frame: Visitor, shell: PortalShell) -> None:
    """What the shell begins opens nothing more of an account than the shell's own organization."""
    enter(frame, shell.token())
    user = db.session.scalars(db.select(User)).one()
    user.password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    leave(frame)
    enter(frame, shell.token())
    assert frame.get("/billing/payment-methods/new", headers=IN_FRAME).location.startswith("/confirm?")


def test_the_shells_word_adds_no_way_into_an_account_that_opens_more(
    app: Flask, frame: Visitor, shell: PortalShell
) -> None:
    """Else a token for any organization, and a passkey that is added with it, would open the person's others."""
    enter(frame, shell.token())
    views = {
        rule.rule.replace("<uuid:passkey_id>", str(uuid4())): rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "confirms", None) in WAYS_IN
    }
    assert {"/account/provider/connect", "/account/second-factor/passkeys"} <= set(views)
    with_shell_alone = frame.get("/account/second-factor/passkeys/new", headers=IN_FRAME)
    assert with_shell_alone.status_code == 200, "where they have to have one, they can set it up"
    user = db.session.scalars(db.select(User)).one()
    db.session.add(Membership(org_id=an_organization("Own").id, user_id=user.id, role=Role.ORG_ADMIN))
    db.session.commit()
    for address, rule in views.items():
        for method in {"GET", "POST"} & (rule.methods or set()):
            answer = frame.get(address) if method == "GET" else frame.post(address, {})
            assert answer.status_code == 403, f"{method} {address}"
            assert "Sign in to your own account first" in text_of(answer), f"{method} {address}"


def test_a_new_password_or_an_invitation_makes_no_session_of_the_shells_last_or_open_more(
    app: Flask, frame: Visitor, shell: PortalShell
) -> None:
    enter(frame, shell.token())
    user = db.session.scalars(db.select(User)).one()
    user.password_hash = passwords.hash_password(PASSWORD)
    other = an_organization("Other")
    link = invitations.invite(other, user.email, role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    ends_at = db.session.scalars(db.select(SignInSession.ends_at)).one()
    new = {"current_password": PASSWORD, "password": "sixteen blue kilns"}
    assert frame.post("/account/password", new).status_code == 302
    assert db.session.scalars(db.select(SignInSession.ends_at)).one() == ends_at
    assert frame.post(f"/invitations/{link.token}").status_code == 302
    session = db.session.scalars(db.select(SignInSession)).one()
    assert (session.ends_at, str(session.org_id)) == (ends_at, shell.org_id)
    assert 'data-organization-name="Acme Rivets"' in frame.get("/billing").text


def test_the_body_is_limited(frame: Visitor) -> None:
    answer = frame.client.post("/auth/shell", data={"token": "x" * 300_000}, headers=FRAMED)
    assert answer.status_code == 413
    assert re.search("Too large", answer.text)
