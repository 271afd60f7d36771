"""The shell signs people in: what a token opens, and for whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

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
from app.people import invitations, passwords, used_tokens
from app.web.step_up import WAYS_IN
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.portal_shell import (
    ISSUER,
    PortalShell,
    now,
)
from tests.support.shell_frame import IN_FRAME, enter, is_in, leave, renew


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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
