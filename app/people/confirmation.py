"""Confirming that it's still the person who signed in ("Confirm it's you"), before what a stolen session must not do.

A session remembers when that was last proved: when it began, and whenever it was proved again. The ways to prove it
are `METHODS`: a new factor is added here, with the template of its fields (`auth/confirm/_<key>.html`). A
person who has none of them, or whose phone or passkey isn't at hand, proves it by signing in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app import openid
from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.language import gettext
from app.models import ChallengePurpose, Organization, User
from app.people import memberships, organizations, own_trail, owner_mail, passwords
from app.people.external import identities
from app.people.factors import authenticator_apps, changes, passkeys, status
from app.people.factors.passkey_answers import PasskeyError
from app.people.identification import Identity
from app.people.own_trail import Proof
from app.shell import SHELL_NAME
from app.shell import current as trusted_shell

ALWAYS_WITHIN = timedelta(minutes=2)
"""How long a confirmation counts where an organization asks every time: for the steps of one change."""

_BY_SHELL = "shell"

TELL_FROM = 10
"""How many failed confirmations within an hour a person is emailed about."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to prove it. `find_problem` judges the fields that its template has sent, whose names it chooses
    itself: None if they prove it, else what to say."""

    key: str
    is_available: Callable[[User], bool]
    find_problem: Callable[[Identity, Mapping[str, str]], str | None]
    is_elsewhere: bool = False
    """It was proved on the provider's pages or in the shell, and counts since then: the form only goes on."""


def _has_passkey(user: User) -> bool:
    return bool(status.gather(user.id).passkeys)


def _judge_passkey(who: Identity, fields: Mapping[str, str]) -> str | None:
    try:
        passkeys.verify(ChallengePurpose.CONFIRM, fields.get("credential", ""), who.token, who.user)
    except PasskeyError as error:
        return str(error)
    return None


def _has_app(user: User) -> bool:
    return authenticator_apps.find(user.id) is not None


def _judge_code(who: Identity, fields: Mapping[str, str]) -> str | None:
    if authenticator_apps.verify(who.user.id, fields.get("code", "")):
        return None
    return gettext("This code is wrong, or was already used. Wait for the next one.")


def _has_password_alone(user: User) -> bool:
    return user.password_hash is not None and not status.has_any(user.id)


def _judge_password(who: Identity, fields: Mapping[str, str]) -> str | None:
    if passwords.verify(fields.get("password", ""), who.user.password_hash):
        return None
    return gettext("Incorrect password. Check it and try again.")


def _has_provider_alone(user: User) -> bool:
    client = openid.current()
    if client is None or status.has_any(user.id):
        return False
    return identities.find_of(user.id, client.provider.issuer) is not None


def _judge_provider(who: Identity, fields: Mapping[str, str]) -> str | None:  # noqa: ARG001
    if utc_now() - who.confirmed_at < ALWAYS_WITHIN:
        return None
    return gettext("You haven't signed in there again. Use the link first.")


def _has_shell_alone(user: User) -> bool:
    """Who can sign in to the account otherwise confirms with that: the shell's word opens no account further."""
    shell = trusted_shell()
    if shell is None or identities.find_of(user.id, shell.issuer) is None:
        return False
    return not identities.signs_in_otherwise(user, shell.issuer)


def _judge_shell(who: Identity, fields: Mapping[str, str]) -> str | None:  # noqa: ARG001
    if utc_now() - who.confirmed_at < ALWAYS_WITHIN:
        return None
    return gettext(
        "%(shell)s hasn't confirmed it. Sign out of it and in again, and come back here.", shell=SHELL_NAME
    )


METHODS: list[Method] = [
    Method("passkey", _has_passkey, _judge_passkey),
    Method("code", _has_app, _judge_code),
    # A stolen session may come with the password; passkeys and the app's codes stay on the owner's devices.
    Method("password", _has_password_alone, _judge_password),
    Method("provider", _has_provider_alone, _judge_provider, is_elsewhere=True),
    Method(_BY_SHELL, _has_shell_alone, _judge_shell, is_elsewhere=True),
]
"""The preferred one first."""


def methods_of(user: User) -> list[Method]:
    """The ways in which a person can confirm without signing in again."""
    return [method for method in METHODS if method.is_available(user)]


def is_offered(key: str, user: User) -> bool:
    """Whether a person can confirm by the method of this key, also where they didn't ask for it on our page: an
    address can be opened by anyone who knows it."""
    return any(method.key == key for method in methods_of(user))


def may_add_way_in(who: Identity) -> bool:
    """Whether this session may add a way into its account. One that the shell began opens its own organization only;
    so it adds none to an account that opens others, unless the person confirms with what they have here, which the
    shell's word isn't."""
    if who.ends_at is None or any(method.key != _BY_SHELL for method in methods_of(who.user)):
        return True
    own = who.organization.id if who.organization is not None else None
    return not any(
        one.org_id != own and one.identity_id is None for one in memberships.list_for_person(who.user.id)
    )


def passkey_options(who: Identity) -> str:
    """What the browser needs to confirm with a passkey, as JSON: a challenge for this session, used once. In the
    caller's transaction."""
    return passkeys.request_options(ChallengePurpose.CONFIRM, who.token, who.user)


def verify(who: Identity, fields: Mapping[str, str]) -> str | None:
    """Judge whether `fields` prove it by the method that they name (`method`): None if they do, else what to say.

    Count the attempt before this. In the caller's transaction, which commits that a code or a challenge is used up,
    whatever the outcome.
    """
    for method in methods_of(who.user):
        if method.key == fields.get("method"):
            return method.find_problem(who, fields)
    return gettext("This way to confirm has changed. Open the page again.")


def record_failure(user: User, actor: Actor, attempts: int) -> None:
    """Record that confirming has failed so often within an hour, and from `TELL_FROM` on email the person: who has a
    stolen session tries it. In the caller's transaction."""
    if attempts < TELL_FROM:
        own_trail.record(user, actor, "user.confirmation_failed", attempts=attempts)
    else:
        changes.record(user, actor, "not_confirmed", attempts=attempts)


def counts_from_now(fields: Mapping[str, str]) -> bool:
    """Whether the method that `fields` name proves it now; what was proved elsewhere counts since then, so that going
    on doesn't make it last longer."""
    return not any(method.is_elsewhere for method in METHODS if method.key == fields.get("method"))


def is_proved_by(user: User, proof: Proof) -> bool:
    """Whether someone who is signed in, and begins a new session with this proof, has proved again that it's them.

    A link of an invitation proves nothing: anyone who may invite people makes one. The shell's word says itself when
    they did (`app.people.shell_people`). A password, a link that sets one, or an identity provider that may not even
    have asked, does only for someone without a second factor.
    """
    if proof in {"invitation", "shell"}:
        return False
    return proof not in {"password", "link", "provider"} or not status.has_any(user.id)


def choose_always(org_id: UUID, actor: Actor, *, always: bool) -> None:
    """Let an organization ask every time, or not. Locks it, in the caller's transaction."""
    organization = organizations.locked(org_id)
    if organization.confirms_always is not always:
        organization.confirms_always = always
        if not always:
            owner_mail.security_weakened(organization, "confirmations_rarer", actor)
        audit.record(org_id, actor, "organization.confirmations_chosen", organization.slug, always=always)


def is_recent(confirmed_at: datetime, organization: Organization | None, within: timedelta) -> bool:
    """Whether a confirmation still counts: for `within`, or shortly where the organization asks every time."""
    if organization is not None and organization.confirms_always:
        within = min(within, ALWAYS_WITHIN)
    return utc_now() - confirmed_at < within
