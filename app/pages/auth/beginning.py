"""Begin a session once someone has proved who they are, by whatever: or first ask for their second factor."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from flask import redirect, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from app.billing.audit import Actor
from app.models import User
from app.own_pages import PARAMETER
from app.pages.auth import waiting
from app.people import confirmation, identification, own_trail, sessions, sign_ins
from app.people.factors import pending_sign_ins, status
from app.people.identification import Identity, Vouched
from app.people.own_trail import Proof
from app.web import known_devices
from app.web.identity import device_in_use, identity, session_limits
from app.web.languages import browser_locale


def asks_for_factor(user: User, way_back: str, vouched: Vouched | None = None) -> bool:
    """Whether someone whose password was right, or whom an identity provider sent without a second factor, has one
    here: then this browser waits for it from now on, and
    what it was signed in to before ends. In the caller's transaction, instead of `begin_session`."""
    if not status.has_any(user.id) or (vouched is not None and vouched.used_factor):
        return False
    who = identity()
    if who is not None:
        sessions.end(who.token)
    session.clear()
    waiting.remember(pending_sign_ins.begin(user, vouched.identity_id if vouched else None), way_back)
    return True


def begin_and_notify(
    user: User,
    way_back: str,
    *,
    by: Proof,
    vouched: Vouched | None = None,
    org_id: UUID | None = None,
    confirmed_at: datetime | None = None,
) -> Identity | None:
    """Begin a session, and tell the person by email if this browser is new to their account. In the caller's
    transaction."""
    begun = begin_session(
        user, by=by, wanted=way_back, org_id=org_id, vouched=vouched, confirmed_at=confirmed_at
    )
    if known_devices.is_new(user):
        sign_ins.notify(user, device=device_in_use(), address=request.remote_addr)
    return begun


def admit(begun: Identity | None, way_back: str) -> Response:
    """Sign in with a session that has begun and been committed, and continue to where the person was going; without
    one, ask for the second factor."""
    if begun is None:
        return redirect(url_for("auth.second_factor"))
    login_user(begun)
    response = redirect(way_back)
    known_devices.remember(response, begun.user.email)
    return response


def begin_session(
    user: User,
    *,
    by: Proof,
    org_id: UUID | None = None,
    wanted: str = "",
    continues: bool = False,
    vouched: Vouched | None = None,
    confirmed_at: datetime | None = None,
) -> Identity | None:
    """Begin a new session for `user`, discarding the browser's previous one. In the caller's transaction. `by` is
    what they proved who they are with, for the audit trail. `continues`: they are signed in, and only the token
    changes; the session ends when it would have, because nothing but signing in makes it last longer, and one that
    the shell began stays in its organization.

    After the commit the caller signs in with it (`login_user`). The organization in view is `org_id`, or the one that
    the URL `wanted` names, if they belong to it. It counts as a confirmation only if `by` proves as much: else who
    has a stolen session could confirm with a link of their own making, or with the password where that isn't enough.
    `vouched` is set if an identity provider signed them in, `confirmed_at` is when they proved there who they are.
    """
    who = identity()
    if who is not None and who.user.id == user.id and not confirmation.is_proved_by(user, by):
        confirmed_at = who.confirmed_at
    before = who if continues else None
    if before is not None and before.ends_at is not None and before.organization is not None:
        org_id = before.organization.id
    if who is not None:
        sessions.end(who.token)
    session.clear()
    token = sessions.start(
        user,
        org_id=org_id,
        device=device_in_use(),
        address=request.remote_addr,
        language=browser_locale(),
        begun_at=before.begun_at if before is not None else None,
        confirmed_at=confirmed_at,
        vouched=before.vouched if before is not None else vouched,
        ends_at=before.ends_at if before is not None else None,
    )
    actor = Actor(user.email, user.id, request.remote_addr)
    own_trail.record(user, actor, "user.signed_in", by=by, new_browser=known_devices.is_new(user))
    found = identification.identify(token, session_limits())
    [slug] = parse_qs(urlsplit(wanted).query).get(PARAMETER, [""])[:1]
    seat = next((one for one in found.seats if one.slug == slug), None) if found else None
    if found and seat and sessions.switch(found, seat.id):
        found = identification.identify(token, session_limits())
    return found
