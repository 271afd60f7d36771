"""Signing in to the console: address, password and a code of the authenticator app, judged together.

No answer says which of them was wrong, or whether there is such an account. Count the attempt before.
"""

from __future__ import annotations

from app.models import Operator
from app.operators import accounts, sessions, trail
from app.operators.sessions import SignedIn
from app.operators.trail import Doer
from app.people import passwords
from app.transaction import end_reading, transaction


def sign_in(email: str, password: str, code: str, *, device: str, address: str | None) -> str | None:
    """The token of a new session; None if anything is wrong. Commits, also what was tried on an account."""
    operator = accounts.find(email)
    known = operator.password_hash if operator is not None else None
    # A connection would be held for as long as hashing takes.
    end_reading()
    is_right = passwords.verify(password, known)
    with transaction():
        current = accounts.lock(operator.id) if operator is not None else None
        if current is None:
            return None
        doer = Doer(current, address)
        if is_right and _may_enter(current, known) and accounts.use_code(current, code):
            token = sessions.start(current, device=device, address=address)
            trail.record(doer, "operator.signed_in", device)
            return token
        trail.record(doer, "operator.sign_in_failed", device)
    return None


def confirm(who: SignedIn, code: str, *, address: str | None) -> bool:
    """Whether a code proves again that it's them. In the caller's transaction, which uses it up; a wrong one is
    recorded."""
    operator = accounts.lock(who.operator.id)
    # A second click waits for the first one's code, which confirmed both.
    current = sessions.identify(who.token)
    if current is not None and current.is_confirmed:
        return True
    if operator.disabled_at is None and accounts.use_code(operator, code):
        sessions.confirm(who)
        return True
    trail.record(Doer(operator, address), "operator.confirmation_failed")
    return False


def _may_enter(operator: Operator, known: str | None) -> bool:
    """A password that was changed meanwhile opens nothing anymore."""
    return operator.disabled_at is None and known is not None and operator.password_hash == known
