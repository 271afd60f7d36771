"""Setting, changing and removing limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.audit import Actor
from app.billing.limit_settings import settings
from app.billing.limit_settings.drafts import (
    LimitChangedError,
    LimitExistsError,
    OwnersLimitError,
    TooManyLimitsError,
    UnknownLimitError,
)
from app.billing.limits import LimitReachedError, standing
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, LimitCount, LimitOrigin, LimitSubject, Organization, Wallet
from tests.factories import OWNER, an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take

PLATFORM = Actor("token engine")


def trail(organization: Organization) -> list[str]:
    query = db.session.query(AuditEvent).filter_by(org_id=organization.id).order_by(AuditEvent.at)
    return [event.action for event in query if event.action.startswith("limit.")]


def test_a_limit_is_set_changed_and_removed_and_each_is_in_the_trail(app: Flask) -> None:
    organization = an_organization()
    limit = a_limit(organization)
    assert db.session.get_one(Wallet, (organization.id,)).counts_spend
    changed = settings.put(organization, a_draft("5"), OWNER, limit_id=limit.limit_id, seen=1)
    assert (changed.amount, changed.version) == (usd("5"), 2)
    settings.put(organization, a_draft("5"), OWNER, limit_id=limit.limit_id)
    assert limit.limit_id is not None
    settings.remove(organization, limit.limit_id, OWNER)
    db.session.commit()
    assert trail(organization) == ["limit.added", "limit.changed", "limit.removed"]
    assert standing.gather(organization.id, utc_now()) == []
    assert db.session.query(LimitCount).filter_by(org_id=organization.id).all() == []
    assert not db.session.get_one(Wallet, (organization.id,)).counts_spend
    with pytest.raises(UnknownLimitError):
        settings.remove(organization, limit.limit_id, OWNER)


def test_two_who_change_it_together_dont_undo_each_other(app: Flask) -> None:
    organization = an_organization()
    limit = a_limit(organization)
    settings.put(organization, a_draft("5"), OWNER, limit_id=limit.limit_id, seen=limit.version)
    with pytest.raises(LimitChangedError):
        settings.put(organization, a_draft("9"), OWNER, limit_id=limit.limit_id, seen=limit.version)


def test_who_changes_a_limit_that_was_removed_meanwhile_doesnt_bring_it_back(app: Flask) -> None:
    organization = an_organization()
    limit = a_limit(organization)
    settings.remove(organization, limit.limit_id or uuid4(), OWNER)
    with pytest.raises(LimitChangedError):
        settings.put(organization, a_draft("9"), OWNER, limit_id=limit.limit_id, seen=limit.version)
    assert standing.gather(organization.id, utc_now()) == []


def test_there_is_one_of_a_kind(app: Flask) -> None:
    organization = an_organization()
    limit = a_limit(organization)
    a_limit(organization, a_draft(stops=False))
    with pytest.raises(LimitExistsError) as error:
        settings.put(organization, a_draft("9"), OWNER)
    assert error.value.known == limit.limit_id


def test_there_are_only_so_many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = an_organization()
    monkeypatch.setattr(settings, "MOST", 1)
    a_limit(organization)
    with pytest.raises(TooManyLimitsError):
        a_limit(organization, a_draft(stops=False))


def test_a_limit_below_what_is_spent_and_held_stops_new_calls_and_those_in_progress_finish(
    app: Flask,
) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    lease = timedelta(minutes=5)
    holds.reserve(organization.id, "a", usd("2"), at=now, lease=lease)
    take(an_event(organization, "u", 100_000, when=now), now=now)
    limit = a_limit(organization, a_draft("1"))
    assert (limit.spent, limit.held, limit.refuses_all) == (usd("1.20"), usd("2"), True)
    with pytest.raises(LimitReachedError):
        holds.reserve(organization.id, "b", usd("0"), at=utc_now(), lease=lease)
    renewed = holds.renew(organization.id, "a", usd("2"), slice=2, at=utc_now(), lease=lease)
    assert not renewed.hold.is_final


class TestPlatform:
    def test_it_tightens_what_an_owner_set_and_loosens_only_its_own(self, app: Flask) -> None:
        organization = an_organization()
        of_owner = a_limit(organization)
        asked = {"limit_id": of_owner.limit_id, "origin": LimitOrigin.PLATFORM}
        settings.put(organization, a_draft("2"), PLATFORM, **asked)
        later = utc_now() + timedelta(hours=1)
        for looser in (
            a_draft("2.01"),
            a_draft("2", stops=False),
            a_draft("2", raised="3", until=later),
            a_draft("1", subject=LimitSubject.AGENT, name="Ava"),
        ):
            with pytest.raises(OwnersLimitError):
                settings.put(organization, looser, PLATFORM, **asked)
        assert of_owner.limit_id is not None
        with pytest.raises(OwnersLimitError):
            settings.remove(organization, of_owner.limit_id, PLATFORM, origin=LimitOrigin.PLATFORM)
        own, wanted = uuid4(), a_draft("5", subject=LimitSubject.AGENT, name="Ava")
        for draft in (wanted, replace(wanted, amount=usd("50"))):
            settings.put(organization, draft, PLATFORM, limit_id=own, origin=LimitOrigin.PLATFORM)
        settings.remove(organization, own, PLATFORM, origin=LimitOrigin.PLATFORM)
