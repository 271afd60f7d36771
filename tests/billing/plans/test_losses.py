"""What a switch takes away: features, what is included less of, and what there is too much of then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.plans import losses, resource_counts
from app.billing.plans.losses import Losses, TooMany
from app.models import Organization
from tests.factories import an_organization
from tests.support.versions import newer, offer_newer


@pytest.fixture
def organization(app: Flask) -> Iterator[Organization]:
    """What is put on offer is taken away after the test."""
    before = app.extensions["catalog"]
    yield an_organization()
    app.extensions["catalog"] = before


def lost(organization: Organization, before: str, after: str) -> Losses:
    plans = catalog.current().plans
    return losses.find_losses(organization, plans[before], plans[after])


@pytest.mark.parametrize(
    ("before", "after"), [("growth", "growth"), ("growth", "scale"), ("starter", "starter")]
)
def test_the_same_plan_or_one_that_includes_it_takes_nothing(
    organization: Organization, before: str, after: str
) -> None:
    resource_counts.set_counts(organization.id, {"agents": 1})
    found = lost(organization, before, after)
    assert (found.features, found.allowances, found.too_many) == ((), (), ())
    assert not found


def test_features_that_the_other_plan_has_too_are_not_lost(organization: Organization) -> None:
    """Scale includes what Growth has."""
    assert lost(organization, "scale", "growth").features == ("Support within two hours",)
    assert lost(organization, "scale", "starter").features == (
        "Campaigns",
        "Call transfer",
        "Support within one business day",
        "Support within two hours",
    )


def test_what_is_included_less_is_said_before_and_after(organization: Organization) -> None:
    minutes, messages = lost(organization, "growth", "starter").allowances
    assert (minutes.label, minutes.before.amount, minutes.after.amount) == ("Call minutes", 2_000, 50)
    assert (messages.label, messages.before.amount, messages.after.amount) == ("Text messages", 500, 50)


def test_an_allowance_that_the_other_plan_does_not_have_falls_to_nothing(organization: Organization) -> None:
    growth = catalog.current().plan("growth")
    (found,) = losses.find_losses(
        organization, growth, replace(growth, allowances={"call_minutes": 120_000})
    ).allowances
    assert (found.label, found.before.amount, found.after.amount) == ("Text messages", 500, 0)


def test_as_many_as_are_allowed_are_not_too_many(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {"agents": 1, "campaigns": 2})
    (found,) = lost(organization, "growth", "starter").too_many
    assert (found.resource, found.used, found.allowed, found.over) == ("campaigns", 2, 1, 1)
    assert found.policy == catalog.current().over_limits["campaigns"]
    assert (found.names, found.within) == ((), ())


def test_the_oldest_stay_and_the_others_are_named(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {"agents": 3})
    resource_counts.set_names(organization.id, {"agents": ["Ava", "Noah", "Zoe"]})
    (found,) = lost(organization, "growth", "starter").too_many
    assert (found.within, found.names) == (("Ava",), ("Noah", "Zoe"))


def test_what_no_one_counted_or_no_plan_limits_is_not_too_much(organization: Organization) -> None:
    resource_counts.set_counts(organization.id, {"fax_machines": 99})
    resource_counts.set_counts(an_organization().id, {"agents": 99})
    assert lost(organization, "growth", "starter").too_many == ()


def test_plans_of_two_versions_are_each_read_by_their_own(app: Flask, organization: Organization) -> None:
    before = catalog.current().plan("growth")
    catalog.versions.store(catalog.current())
    offer_newer(app)
    resource_counts.set_counts(organization.id, {"agents": 9})
    found = losses.find_losses(organization, before, newer().plan("growth"))
    assert found.features == ("Call transfer",)
    assert [(one.before.amount, one.after.amount) for one in found.allowances] == [(2_000, 1_000)]
    assert [(one.used, one.allowed) for one in found.too_many] == [(9, 8)]


def test_any_one_loss_is_a_loss() -> None:
    too_many = TooMany("agents", "Agents", 2, 1, "")
    assert Losses(("Campaigns",), (), ())
    assert Losses((), (), (too_many,))
    assert not Losses((), (), ())
