"""Whatever changes who may do what leaves an entry in the audit trail: a walk over every function that writes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from app import people
from app.billing.audit import Actor
from app.extensions import db
from app.ids import uuid7
from app.models import ApiToken, AuditEvent, Mail, Organization, Role, SignInSession, User
from app.people import (
    accounts,
    confirmation,
    identification,
    invitations,
    memberships,
    own_sessions,
    own_trail,
    password_links,
    provisioning,
    sessions,
    signing_out,
    tokens,
)
from app.people.external import identities
from app.people.identification import Identity, Limits
from app.people.provisioning import Wanted
from app.people.tokens import Caller, Scope
from config import ROOT
from tests.factories import PASSWORD, a_person, an_organization
from tests.people.external.vouching import claims

ACTOR = Actor("someone@test.example", address="192.0.2.7")
SECRET = "s" * 48


@dataclass
class Scene:
    """An organization with an owner, a member, an open invitation and a token."""

    organization: Organization
    owner: User
    member: User
    link: str
    token: ApiToken

    @property
    def caller(self) -> Caller:
        token = self.token
        return Caller(token.id, token.name, token.org_id, frozenset(), None, frozenset())


@pytest.fixture
def scene(app: Flask) -> Scene:
    harbor = an_organization("Harbor Dental")
    owner, member = a_person(organization=harbor), a_person(organization=harbor, role=Role.MEMBER)
    link = invitations.invite(harbor, "ava@new.example", role=Role.MEMBER, actor=ACTOR)
    token, _ = tokens.create("engine", [Scope.USAGE_WRITE], org_id=harbor.id)
    db.session.commit()
    return Scene(harbor, owner, member, link.token, token)


def _invite_an_owner(it: Scene) -> None:
    invitations.expect(it.organization, "owner@new.example", ACTOR)
    invitations.invite_owner(it.organization, "owner@new.example", ACTOR)


def _signed_in(it: Scene, *, times: int = 1) -> Identity:
    """The owner, in the last of so many browsers."""
    tokens_ = [sessions.start(it.owner) for _ in range(times)]
    db.session.flush()
    found = identification.identify(tokens_[-1], Limits(timedelta(days=1), timedelta(days=1)))
    assert found is not None
    return found


def _last_session() -> UUID:
    return db.session.scalars(db.select(SignInSession.id)).one()


def _link_for(it: Scene) -> str:
    password_links.mail_to(it.owner, ACTOR)
    db.session.flush()
    mail = db.session.scalars(db.select(Mail).where(Mail.kind == "password_link")).one()
    return str(mail.facts["path"]).rpartition("/")[2]


def _made_meanwhile() -> User:
    user = User(email="ava@new.example", name="Ava")
    db.session.add(user)
    db.session.flush()
    return user


RECORDED: dict[str, tuple[str, Callable[[Scene], object]]] = {
    "accounts.change_details": (
        "user.details_changed",
        lambda it: accounts.change_details(it.owner, name="Dana W.", language=None, actor=ACTOR),
    ),
    "accounts.change_password": (
        "user.password_set",
        lambda it: accounts.change_password(it.owner, PASSWORD, "seven green bottles", ACTOR),
    ),
    "accounts.password_was_set": ("user.password_set", lambda it: accounts.password_was_set(it.owner, ACTOR)),
    "confirmation.choose_always": (
        "organization.confirmations_chosen",
        lambda it: confirmation.choose_always(it.organization.id, ACTOR, always=True),
    ),
    "confirmation.record_failure": (
        "user.confirmation_failed",
        lambda it: confirmation.record_failure(it.owner, ACTOR, 10),
    ),
    "invitations.accept_as_new": (
        "user.joined",
        lambda it: invitations.accept_as_new(it.link, "seven green bottles", None),
    ),
    "invitations.invite": (
        "user.invited",
        lambda it: invitations.invite(it.organization, "x@new.example", role=Role.MEMBER, actor=ACTOR),
    ),
    "invitations.invite_owner": ("user.invited", _invite_an_owner),
    "invitations.withdraw": (
        "invitation.withdrawn",
        lambda it: invitations.withdraw(it.organization.id, ["ava@new.example"], ACTOR),
    ),
    "invitations.accept": ("user.joined", lambda it: invitations.accept(it.link, _made_meanwhile(), None)),
    "memberships.assign_role": (
        "user.role_changed",
        lambda it: memberships.assign_role(it.organization, it.member, Role.ORG_ADMIN, ACTOR),
    ),
    "memberships.remove": (
        "user.removed",
        lambda it: memberships.remove(it.organization, it.member, ACTOR),
    ),
    "own_sessions.end_all": (
        "user.sessions_ended",
        lambda it: own_sessions.end_all(_signed_in(it), ACTOR),
    ),
    "own_sessions.end_one": (
        "user.session_ended",
        lambda it: own_sessions.end_one(_signed_in(it), _last_session(), ACTOR),
    ),
    "own_sessions.end_others": (
        "user.sessions_ended",
        lambda it: own_sessions.end_others(_signed_in(it, times=2), ACTOR),
    ),
    "own_trail.note_failed_sign_in": (
        "user.sign_in_failed",
        lambda it: own_trail.note_failed_sign_in(it.owner.email, None, 1, uuid7()),
    ),
    "identities.add_and_notify": (
        "user.identity_connected",
        lambda it: identities.add_and_notify(it.owner, claims(email=it.owner.email), ACTOR),
    ),
    "identities.connect": (
        "user.identity_connected",
        lambda it: identities.connect(it.owner, claims(email=it.owner.email), ACTOR),
    ),
    "own_trail.record": (
        "user.signed_out",
        lambda it: own_trail.record(it.owner, ACTOR, "user.signed_out"),
    ),
    "password_links.mail_if_known": (
        "user.password_link_mailed",
        lambda it: password_links.mail_if_known(it.owner.email, None),
    ),
    "password_links.mail_to": (
        "user.password_link_mailed",
        lambda it: password_links.mail_to(it.owner, ACTOR),
    ),
    "password_links.use": (
        "user.password_set",
        lambda it: password_links.use(_link_for(it), "seven green bottles", "192.0.2.7"),
    ),
    "provisioning.provision": (
        "organization.changed",
        lambda it: provisioning.provision(it.organization.id, Wanted("Harbor", "UTC"), ACTOR),
    ),
    "signing_out.sign_out": (
        "user.sessions_ended",
        lambda it: signing_out.sign_out(it.owner, ACTOR),
    ),
    "signing_out.sign_out_everyone": (
        "user.sessions_ended",
        lambda it: signing_out.sign_out_everyone(ACTOR) if _signed_in(it) else None,
    ),
    "tokens.create": (
        "token.created",
        lambda it: tokens.create("x", [Scope.USAGE_READ], org_id=it.organization.id),
    ),
    "tokens.record_use": (
        "token.used_from_new_address",
        lambda it: tokens.record_use(it.caller, "192.0.2.7"),
    ),
    "tokens.revoke": ("token.revoked", lambda it: tokens.revoke(it.token.id)),
}
"""What each function that writes records."""

RECORDED_IN_TESTS_OF_ITS_OWN = {
    "admission.admit": "tests/people/external/test_admission.py",
    "admission.connect": "tests/people/external/test_admission.py",
    "disconnection.by_operator": "tests/people/external/test_disconnection.py",
    "disconnection.by_person": "tests/people/external/test_disconnection.py",
    "changes.record": "tests/people/factors/test_reset.py",
    "removal.remove_app": "tests/people/factors/test_requirement.py",
    "removal.remove_passkey": "tests/people/factors/test_requirement.py",
    "requirement.require": "tests/people/factors/test_requirement.py",
    "requirement.stop_requiring": "tests/people/factors/test_requirement.py",
    "reset.by_operator": "tests/people/factors/test_reset.py",
    "reset.by_owner": "tests/people/factors/test_reset.py",
}
"""Functions that record what they write, with the test that shows it."""

_FACTOR = "`changes.record`, with who did it and an email to the person"
BY_ITS_CALLER = {
    "identities.add": "`user.added` for a new person, `user.identity_connected` for one who was there before",
    "visits.begin": "a question is no change",
    "visits.delete_expired": "they had ended already",
    "languages.keep_browsers": "follows a sign-in, which is recorded",
    "left_pages.leave": "follows a sign-out, which is recorded",
    "visits.end": "an answer is no change by itself",
    "authenticator_apps.begin": "an app opens nothing until it is confirmed",
    "authenticator_apps.confirm": _FACTOR,
    "authenticator_apps.remove": _FACTOR,
    "authenticator_apps.verify": "`user.signed_in`; which code was used last is no change",
    "challenges.delete_expired": "they had ended already",
    "challenges.issue": "a question is no change",
    "challenges.take": "an answer is no change by itself",
    "confirmation.passkey_options": "a question is no change",
    "passkeys.add": _FACTOR,
    "passkeys.registration_options": "a question is no change",
    "passkeys.remove_all": _FACTOR,
    "passkeys.rename": "a passkey's name opens nothing",
    "passkeys.request_options": "a question is no change",
    "passkeys.verify": "`user.signed_in`, or what is done with the confirmation; how often a passkey was used is no change",
    "pending_sign_ins.begin": "nothing is open yet",
    "pending_sign_ins.count_try": "nothing is open yet",
    "pending_sign_ins.delete_expired": "they had ended already",
    "pending_sign_ins.end_all": "nothing was open yet",
    "pending_sign_ins.finish": "`user.signed_in`",
    "recovery_codes.make": _FACTOR,
    "recovery_codes.remove": _FACTOR,
    "recovery_codes.use": _FACTOR,
    "accounts.create": "an account opens nothing until an invitation is accepted, which is recorded",
    "accounts.store_password": "`password_was_set`, which every caller calls as well, with who did it",
    "accounts.set_password": "`password_was_set`, which every caller calls as well, with who did it",
    "invitations.expect": "the change of the organization has its owners before and after",
    "organizations.add_person": "it is for the demo and tests only, whose people were there before",
    "organizations.create_organization": "`organization.created`, with who created it",
    "organizations.set_billing_emails": "`organization.recipients_set`, with who set them",
    "sessions.confirm": "what is done with the confirmation is recorded",
    "sessions.delete_expired": "they had ended already",
    "sessions.end": "`user.signed_out`, or the sign-in that replaces it",
    "sessions.end_all_of_identity": "`user.identity_disconnected`",
    "sessions.end_all": "the change that it follows from",
    "sessions.renew": "what is done in the session is recorded",
    "sessions.start": "`user.signed_in`, with what the person proved who they are with",
    "sessions.switch": "which organization is shown changes nothing about who may see it",
    "sessions.touch": "that someone is active is no change",
    "shell_people.admit": "what it adds and removes: `user.added`, `user.role_changed`, `user.removed`",
    "shell_people.begin": "`user.signed_in`, by `own_trail.record` in it: tests/pages/shell/test_shell_sign_in.py",
    "shell_people.renew": "what is done in the session is recorded",
    "used_tokens.delete_expired": "they had expired already",
    "used_tokens.use": "`user.signed_in`, or a line in the log",
}
"""Functions that write without recording it themselves, and what does or why nothing has to."""


@pytest.mark.parametrize("name", RECORDED)
def test_it_is_recorded_with_what_it_was(scene: Scene, name: str) -> None:
    action, change = RECORDED[name]
    before = _entries(action)
    change(scene)
    db.session.commit()
    assert _entries(action) == before + 1


def test_a_role_for_someone_who_had_none_is_recorded_too(scene: Scene) -> None:
    ava = _made_meanwhile()
    memberships.assign_role(scene.organization, ava, Role.MEMBER, ACTOR)
    db.session.commit()
    found = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "user.added")).one()
    assert (found.subject, found.actor, found.details) == (ava.email, ACTOR.name, {"role": "member"})


def test_every_function_that_writes_is_in_one_of_the_lists() -> None:
    listed = [*RECORDED, *RECORDED_IN_TESTS_OF_ITS_OWN, *BY_ITS_CALLER]
    assert sorted(listed) == sorted(writing_functions())


@pytest.mark.parametrize("name", RECORDED_IN_TESTS_OF_ITS_OWN)
def test_what_is_tested_elsewhere_is(name: str) -> None:
    source = (ROOT / RECORDED_IN_TESTS_OF_ITS_OWN[name]).read_text()
    assert "AuditEvent" in source
    assert f"{name}(" in source or name == "changes.record", "which the others call"


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize(
    ("changes", "records"),
    [
        ("accounts.store_password", {"accounts.password_was_set"}),
        # A person's session, and an operator's.
        ("sessions.start", {"own_trail.record", "trail.record"}),
        ("organizations.create_organization", {"audit.record"}),
    ],
)
def test_who_calls_what_does_not_record_itself_records_it(changes: str, records: set[str]) -> None:
    called = 0
    for path in (ROOT / "app").rglob("*.py"):
        module = ast.parse(path.read_text())
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and changes in _names_called(node):
                called += 1
                # What is for its own module only may leave it to who calls it there.
                within = module if node.name.startswith("_") else node
                assert records & set(_names_called(within)), f"{path}: {node.name}"
    assert called


def writing_functions() -> Iterator[str]:
    """The public functions of `app.people` that write, by themselves or through others there, by module and name."""
    functions = {
        f"{path.stem}.{node.name}": node
        for path in Path(people.__path__[0]).rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    writing = {name for name, node in functions.items() if any(map(_writes, ast.walk(node)))}
    while more := {
        name
        for name, node in functions.items()
        if name not in writing and _calls(name.partition(".")[0], node) & writing
    }:
        writing |= more
    return (name for name in sorted(writing) if not name.partition(".")[2].startswith("_"))


def _writes(node: ast.AST) -> bool:
    """Whether it adds a row, is a statement that changes some, or sets a column of a secret, a role or an end."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        return name in {
            "db.session.add",
            "insert",
            "update",
            "delete",
            "audit.record",
            "audit.record_once",
            "details.set_recipients",
            "tries.count_try",
        }
    targets = node.targets if isinstance(node, ast.Assign) else []
    columns = {"password_hash", "role", "revoked_at", "ended_at", "token_hash", "name", "timezone"}
    return any(isinstance(one, ast.Attribute) and one.attr in columns for one in targets)


def _calls(module: str, function: ast.FunctionDef) -> set[str]:
    return {name if "." in name else f"{module}.{name}" for name in _names_called(function)}


def _names_called(within: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(within) if isinstance(node, ast.Call)}


def _entries(action: str) -> int:
    query = db.select(db.func.count()).select_from(AuditEvent).where(AuditEvent.action == action)
    return db.session.scalar(query) or 0
