"""Signing people out as an operator: where a session may be stolen, and its person can't be reached."""

from __future__ import annotations

from sqlalchemy import func, select

from app.billing.audit import Actor
from app.extensions import db
from app.models import PendingSignIn, SignInSession, User
from app.models.scope import Reason, seeing_all
from app.people import own_trail, sessions


@seeing_all(Reason.PEOPLE)
def sign_out(user: User, actor: Actor) -> int:
    """End every session of a person, also those that wait for a second factor; returns how many browsers were signed
    in. In the caller's transaction."""
    own = select(func.count()).where(SignInSession.user_id == user.id)
    count = db.session.scalar(own) or 0
    sessions.end_all(user.id)
    own_trail.record(user, actor, "user.sessions_ended")
    return count


@seeing_all(Reason.PEOPLE)
def sign_out_everyone(actor: Actor) -> int:
    """End every session there is; returns how many people were signed in, or about to be. In the caller's
    transaction."""
    signed_in = select(SignInSession.user_id).union(select(PendingSignIn.user_id))
    people = list(db.session.scalars(select(User).where(User.id.in_(signed_in)).order_by(User.id)))
    for user in people:
        sign_out(user, actor)
    return len(people)
