"""Who lost the role while their request waited for the wallet's lock lets nothing be charged, and nothing be spent."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.audit import Actor, owners
from app.billing.audit.owners import NotOwnerError
from app.billing.auto_top_ups import settings
from app.billing.auto_top_ups.settings import Wanted
from app.billing.brake import answering
from app.billing.limit_settings import decisions, requests
from app.extensions import db
from app.models import BrakeAnswer, LimitSubject, Organization, PaymentMethod, Role, User
from app.people import memberships
from tests.factories import OWNER, a_payer, a_person, an_organization, usd
from tests.support.auto_top_ups import the_settings
from tests.support.braking import stop, stops, the_stop
from tests.support.limits import a_draft, a_limit
from tests.support.sandbox import Sandbox


def who(user: User) -> Actor:
    return Actor(user.email, user.id, "127.0.0.1")


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
    return a_payer(credit="50")


def lost(organization: Organization, left_as: Role | None) -> Actor:
    """An owner whose identity was read before the role was changed or taken."""
    user = a_person(organization=organization)
    if left_as is None:
        memberships.remove(organization, user, OWNER)
    else:
        memberships.assign_role(organization, user, left_as, OWNER)
    db.session.commit()
    return who(user)


def answer(organization: Organization, _: PaymentMethod, actor: Actor) -> object:
    if not stops(organization):
        stop(organization)
    return answering.answer(organization, the_stop(organization).id, BrakeAnswer.FOR_GOOD, actor)


def approve(organization: Organization, _: PaymentMethod, actor: Actor) -> object:
    draft = a_draft("3", subject=LimitSubject.CAMPAIGN, name=uuid4().hex)
    limit_id = a_limit(organization, draft).limit_id
    assert limit_id is not None
    request = requests.ask(organization, limit_id, usd("50"), OWNER)
    db.session.commit()
    return decisions.approve(organization, request.id, actor, seen=request.as_text)


def agree(organization: Organization, card: PaymentMethod, actor: Actor) -> object:
    wanted = Wanted(usd("20"), usd("100"), usd("400"), (card.id,), version=0)
    return settings.agree(organization, wanted, "I agree.", actor)


@pytest.mark.parametrize("left_as", [Role.MEMBER, None])
@pytest.mark.parametrize("use", [answer, approve, agree])
def test_who_has_just_lost_the_role_changes_nothing(
    payer: tuple[Organization, PaymentMethod],
    use: Callable[[Organization, PaymentMethod, Actor], object],
    left_as: Role | None,
) -> None:
    organization, card = payer
    with pytest.raises(NotOwnerError):
        use(organization, card, lost(organization, left_as))
    db.session.rollback()
    assert the_settings(organization) is None
    assert use(organization, card, who(a_person(organization=organization)))


def test_programs_have_no_role_and_owners_of_others_none_here(app: Flask) -> None:
    organization = an_organization()
    owners.check(organization.id, OWNER)
    owners.check(organization.id, who(a_person(organization=organization)))
    with pytest.raises(NotOwnerError):
        owners.check(organization.id, who(a_person(organization=an_organization())))
