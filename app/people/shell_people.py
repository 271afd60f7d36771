"""People whom the shell vouches for, by its tokens, and the sessions that it begins for them.

What becomes of people and organizations is decided in `app.people.external`, as for an identity provider. The shell
is the platform's own, so it may name any organization by the id that the API uses, and its addresses are verified;
but what it begins opens that organization only (docs/decisions/0018-the-shells-word.md).
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from app.billing.audit import Actor
from app.clock import utc_now
from app.models import Role, User
from app.models.scope import Reason, seeing_all
from app.people import own_trail, sessions
from app.people.external import admission, identities
from app.people.external.admission import ConnectFirstError
from app.people.external.claims import Claims
from app.people.external.identities import AddressTakenError, IdentityError
from app.people.identification import Identity, Vouched
from app.shell import SHELL_NAME, Shell, ShellSignInError, ShellToken
from app.shell import Reason as Refusal

_NEVER = datetime.fromtimestamp(0, UTC)


def claims_of(token: ShellToken) -> Claims:
    """What a token says, of its own organization only."""
    role = next((role for role in (Role.ORG_ADMIN, Role.MEMBER) if role.value in token.roles), None)
    return Claims(
        issuer=token.issuer,
        issuer_name=SHELL_NAME,
        subject=token.subject,
        email=token.email,
        email_is_verified=True,
        name=token.name,
        organization_id=token.org_id,
        organization_name=token.org_name,
        role=role,
        names_all=False,
    )


@seeing_all(Reason.SIGN_IN)
def admit(token: ShellToken, address: str | None) -> tuple[User, UUID] | None:
    """The person of a token and the id of their identity, both made if they are new; None if the token gives no role
    in its organization, which is committed as well: what it gave before is gone.

    In the caller's transaction. Locks the organization and the person. Raises `ShellSignInError`.
    """
    try:
        found = admission.admit(claims_of(token), address)
    except ConnectFirstError as error:
        raise ShellSignInError(Refusal.CONNECT_FIRST, "the account of the address isn't connected") from error
    except AddressTakenError as error:
        raise ShellSignInError(Refusal.ADDRESS_TAKEN, "the address is of another person") from error
    except IdentityError as error:
        raise ShellSignInError(Refusal.CLAIM_MISSING, "email is no email address") from error
    if found.user is None or found.identity_id is None or found.org_id != token.org_id:
        return None
    return found.user, found.identity_id


@seeing_all(Reason.SIGN_IN)
def begin(
    shell: Shell,
    token: ShellToken,
    user: User,
    identity_id: UUID,
    *,
    device: str,
    address: str | None,
    language: str | None = None,
    confirms: bool = True,
) -> str:
    """Begin a session for the token's organization, in the caller's transaction; its token for the browser.
    `confirms`: the person came, or was asked in the shell, which may not say when they proved who they are."""
    # Who can sign in otherwise confirms with that: the shell's word opens no account further than to its own
    # organization.
    confirms_here = identities.signs_in_otherwise(user, token.issuer)
    said = token.signed_in_at or (token.made_at if confirms else _NEVER)
    begun = sessions.start(
        user,
        org_id=token.org_id,
        device=device,
        address=address,
        language=language,
        confirmed_at=_NEVER if confirms_here else said,
        vouched=Vouched(identity_id),
        ends_at=utc_now() + shell.session_lasts,
    )
    actor = Actor(user.email, user.id, address)
    # In this organization's trail only: a token for it says nothing about the person's others.
    own_trail.record(user, actor, "user.signed_in", only=token.org_id, by="shell")
    return begun


def is_about(token: ShellToken, who: Identity) -> bool:
    """Whether a session that the shell began is of the token's person and organization."""
    if who.ends_at is None or who.vouched is None or who.organization is None:
        return False
    found = identities.find(token.issuer, token.subject)
    return found is not None and (found.id, token.org_id) == (who.vouched.identity_id, who.organization.id)


@seeing_all(Reason.SIGN_IN)
def renew(
    shell: Shell, token: ShellToken, who: Identity, address: str | None, *, confirms: bool = False
) -> bool:
    """Let a session go on that the shell began for the person of the token; False if the token gives no role.
    `confirms`: the person was asked in the shell, which may not say when they proved who they are. In the caller's
    transaction, committed in both cases. Raises `ShellSignInError` if it is another's session."""
    admitted = admit(token, address)
    if admitted is None:
        return False
    organization = who.organization
    if organization is None or organization.id != token.org_id or who.ends_at is None:
        raise ShellSignInError(Refusal.OTHER_SESSION, "the frame shows another organization")
    if who.vouched is None or (who.user.id, who.vouched.identity_id) != (admitted[0].id, admitted[1]):
        raise ShellSignInError(Refusal.OTHER_SESSION, "the frame shows another person")
    said = token.signed_in_at or (token.made_at if confirms else None)
    confirmed_at = None if identities.signs_in_otherwise(who.user, token.issuer) else said
    sessions.renew(who, utc_now() + shell.session_lasts, confirmed_at=confirmed_at)
    return True
