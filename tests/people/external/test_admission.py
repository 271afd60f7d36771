"""What becomes of people whom an identity provider vouches for: who they are, and what they may do."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from unicodedata import normalize
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.ids import uuid7
from app.models import AuditEvent, ExternalIdentity, Mail, Membership, Organization, Role, User
from app.models.usage import NO_ONE
from app.people import accounts, identification, invitations, memberships, organizations, sessions
from app.people.accounts import AccountExistsError
from app.people.external import admission, identities
from app.people.external.admission import Admission, ConnectFirstError
from app.people.external.claims import Claims
from app.people.external.identities import AddressNotVerifiedError, AddressTakenError, OtherAddressError
from app.people.identification import Limits, Vouched
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.people.external.vouching import ISSUER, ORG_ID, claims
from tests.support.database import inside
from tests.support.factors import a_passkey

pytestmark = pytest.mark.usefixtures("app")
LIMITS = Limits(timedelta(hours=1), timedelta(hours=12))


def admit(said: Claims) -> Admission:
    with transaction():
        return admission.admit(said, "198.51.100.7")


def roles_of(user: User, vouched: Vouched | None) -> dict[str, Role | None]:
    """What a session opens: each organization, with the role in it."""
    with transaction():
        token = sessions.start(user, vouched=vouched)
    found = identification.identify(token, LIMITS)
    assert found is not None
    opened: dict[str, Role | None] = {}
    for seat in found.seats:
        with transaction():
            assert sessions.switch(found, seat.id)
        again = identification.identify(token, LIMITS)
        assert again is not None
        opened[seat.name] = again.role
    return opened


def test_a_new_person_and_a_new_organization_are_made() -> None:
    found = admit(claims())
    assert found.user is not None
    assert found.identity_id is not None
    assert found.org_id == ORG_ID
    assert (found.user.email, found.user.name) == ("dana@acme.example", "Dana Whitfield")
    assert found.user.password_hash is None
    assert db.session.get_one(Organization, ORG_ID).name == "Acme Rivets"
    assert roles_of(found.user, Vouched(found.identity_id)) == {"Acme Rivets": Role.ORG_ADMIN}
    trail = db.session.execute(
        select(AuditEvent.action, AuditEvent.actor, AuditEvent.address).order_by(AuditEvent.id)
    ).all()
    assert trail == [
        ("organization.created", "identity provider", "198.51.100.7"),
        ("user.added", "identity provider", "198.51.100.7"),
    ]


def test_the_same_person_is_the_same_whatever_their_address_is_by_now() -> None:
    first, again = admit(claims()), admit(claims(email="d.whitfield@acme.example", email_is_verified=False))
    assert again == first
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_an_organization_that_is_there_stays_as_it_is() -> None:
    there = an_organization("Acme", timezone="Europe/Berlin")
    admit(claims(organization_id=there.id, organization_name="Evil"))
    db.session.refresh(there)
    assert (there.name, there.timezone) == ("Acme", "Europe/Berlin")


@pytest.mark.parametrize(
    "changes",
    [
        {"role": None},
        {"organization_id": None},
        {"organization_name": ""},
        {"organization_id": NO_ONE},
    ],
)
def test_without_a_role_in_an_organization_nothing_is_made(changes: dict[str, object]) -> None:
    assert admit(claims(**changes)) == Admission()
    for table in (User, Organization, ExternalIdentity):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    "changes", [{"email_is_verified": False}, {"email": ""}, {"email": "dana"}, {"email": "a@b\nc@d.example"}]
)
def test_without_an_address_of_their_own_no_one_is_made(changes: dict[str, object]) -> None:
    with pytest.raises(AddressNotVerifiedError):
        admit(claims(**changes))
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 0, "nothing is left behind"


def test_no_letter_of_another_mailbox_becomes_one_of_ascii() -> None:
    """Of those that Unicode turns into ASCII by a normal form or in lower case: what is found is what was verified."""
    alike = [
        one
        for one in map(chr, range(0x80, sys.maxunicode + 1))
        if any(text.isascii() for text in (normalize("NFKC", one), one.lower()))
    ]
    assert {"\u212a", "\uff2b"} < set(alike)
    for one in alike:
        try:
            found = identities.verified_address(claims(email=f"{one}im@acme.example"))
        except AddressNotVerifiedError:
            continue
        assert not found.lower().isascii(), ascii(one)


@pytest.mark.parametrize("is_verified", [True, False])
def test_an_account_with_a_password_is_not_taken_over_by_its_address(is_verified: bool) -> None:
    a_person("Dana@Acme.example", organization=an_organization())
    with pytest.raises(ConnectFirstError if is_verified else AddressNotVerifiedError):
        admit(claims(email_is_verified=is_verified))
    assert db.session.scalar(select(func.count()).select_from(ExternalIdentity)) == 0


def test_neither_is_one_with_a_passkey_alone() -> None:
    dana = a_person("dana@acme.example", organization=an_organization())
    a_passkey(dana)
    dana.password_hash = None
    db.session.commit()
    with pytest.raises(ConnectFirstError):
        admit(claims())


def test_an_address_that_was_given_to_someone_else_opens_nothing_of_the_one_before() -> None:
    admit(claims("2f1c"))
    with pytest.raises(AddressTakenError):
        admit(claims("9d3e"))


def test_someone_who_never_had_a_way_in_is_found_by_their_verified_address() -> None:
    organization = an_organization("Harbor")
    user = organizations.add_person("dana@acme.example", name="", organization=organization, role=Role.MEMBER)
    db.session.commit()
    found = admit(claims())
    assert found.user == user
    assert found.identity_id is not None
    assert db.session.scalars(select(Mail.kind)).all() == ["identity_connected"], "and told of it"
    assert roles_of(user, Vouched(found.identity_id)) == {
        "Acme Rivets": Role.ORG_ADMIN,
        "Harbor": Role.MEMBER,
    }


def test_the_role_follows_what_the_issuer_says_and_ends_with_it() -> None:
    user = admit(claims()).user
    assert user is not None
    admit(claims(role=Role.MEMBER))
    assert db.session.scalars(select(Membership.role)).all() == [Role.MEMBER]
    assert admit(claims(role=None)) == Admission()
    assert memberships.list_for_person(user.id) == []
    actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["organization.created", "user.added", "user.role_changed", "user.removed"]


def test_who_moves_to_another_organization_leaves_the_one_before() -> None:
    other = uuid7()
    user = admit(claims()).user
    admit(claims(organization_id=other, organization_name="Beta Bolts"))
    assert user is not None
    assert [one.org_id for one in memberships.list_for_person(user.id)] == [other]


def test_claims_about_one_organization_alone_say_nothing_of_others() -> None:
    other = uuid7()
    user = admit(claims(names_all=False)).user
    assert user is not None
    admit(claims(names_all=False, organization_id=other, organization_name="Beta Bolts"))
    assert {one.org_id for one in memberships.list_for_person(user.id)} == {ORG_ID, other}
    admit(claims(names_all=False, organization_id=other, role=None))
    assert [one.org_id for one in memberships.list_for_person(user.id)] == [ORG_ID]


def test_what_was_given_here_is_neither_changed_nor_taken_by_the_issuer() -> None:
    harbor = an_organization("Harbor")
    user = a_person("dana@acme.example", organization=harbor, role=Role.MEMBER)
    with transaction():
        admission.connect(user, claims(organization_id=harbor.id), OWNER)
    assert roles_of(user, None) == {"Harbor": Role.MEMBER}
    assert admit(claims(organization_id=None, role=None)).user == user, "and it lets them in"
    assert roles_of(user, None) == {"Harbor": Role.MEMBER}


def test_what_the_issuer_gave_counts_only_in_sessions_that_began_there() -> None:
    harbor = an_organization("Harbor")
    user = a_person("dana@acme.example", organization=harbor)
    with transaction():
        admission.connect(user, claims(), OWNER)
    identity = identities.find(ISSUER, "2f1c")
    assert identity is not None
    everywhere = {"Acme Rivets": Role.ORG_ADMIN, "Harbor": Role.ORG_ADMIN}
    assert roles_of(user, Vouched(identity.id)) == everywhere
    assert roles_of(user, None) == {"Harbor": Role.ORG_ADMIN}, "with a password they are on their own"


def test_another_issuer_with_the_same_subject_is_someone_else() -> None:
    first = admit(claims()).user
    second = admit(replace(claims(email="eve@evil.example"), issuer="https://evil.example"))
    assert second.user is not None
    assert second.user != first


def test_one_issuer_takes_nothing_away_that_another_gave() -> None:
    beta = uuid7()
    user = admit(claims()).user
    assert user is not None
    other = replace(
        claims("77"), issuer="https://beta.example", organization_id=beta, organization_name="Beta"
    )
    assert user is not None
    with transaction():
        admission.connect(user, other, OWNER)
    assert {one.org_id for one in memberships.list_for_person(user.id)} == {ORG_ID, beta}


def test_nor_does_another_issuer_open_an_account_by_its_address() -> None:
    """Anyone who can write the address into claims there would be the person here."""
    user = admit(claims()).user
    assert user is not None
    for subject in ("2f1c", "77"):
        said = replace(claims(subject), issuer="https://beta.example")
        with pytest.raises(ConnectFirstError):
            admit(said)
        assert identities.find(said.issuer, subject) is None


def test_an_identity_is_connected_by_the_holder_of_the_account_with_their_own_address_only() -> None:
    dana = a_person("dana@acme.example", organization=an_organization())
    eve = a_person("eve@harbor.example", organization=an_organization())
    for user, said, error in (
        (eve, claims(), OtherAddressError),
        (dana, claims(email_is_verified=False), AddressNotVerifiedError),
    ):
        with pytest.raises(error), transaction():
            admission.connect(user, said, OWNER)
    with transaction():
        admission.connect(dana, claims(), OWNER)
        admission.connect(dana, claims(), OWNER)
    with pytest.raises(AddressTakenError), transaction():
        admission.connect(eve, claims(email="eve@harbor.example"), OWNER)
    with pytest.raises(AddressTakenError), transaction():
        admission.connect(dana, claims("9d3e"), OWNER)
    actions = db.session.scalars(select(AuditEvent.action)).all()
    assert actions.count("user.identity_connected") == 1


def test_no_invitation_sets_a_password_for_someone_who_comes_by_a_provider() -> None:
    user = admit(claims()).user
    assert user is not None
    organization = db.session.get_one(Organization, ORG_ID)
    with transaction():
        link = invitations.invite(organization, user.email, role=Role.ORG_ADMIN, actor=OWNER)
    with pytest.raises(AccountExistsError), transaction():
        invitations.accept_as_new(link.token, "paper-lantern-hill-7", None)
    assert accounts.lock(user).password_hash is None


@pytest.mark.parametrize("people", [["2f1c"] * 6, [f"subject {n}" for n in range(6)]])
def test_of_many_first_sign_ins_at_the_same_moment_each_is_someone_once(
    app: Flask, people: list[str]
) -> None:
    barrier = Barrier(6)

    def one(subject: str) -> UUID | None:
        with inside(app):
            barrier.wait(10)
            user = admit(claims(subject, email=f"{subject.replace(' ', '')}@acme.example")).user
            return user.id if user else None

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(one, people))
    assert None not in found
    assert len(found) == len(set(people))
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 1
    assert db.session.scalar(select(func.count()).select_from(Membership)) == len(set(people))
