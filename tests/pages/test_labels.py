"""Movements and limits are called the same on every page and in every file, and each by a name of its own."""

from __future__ import annotations

import pytest

from app.billing import catalog
from app.models import LotKind, TransferKind, UsageGroup
from app.pages import labels


def test_every_kind_of_movement_has_a_name_of_its_own() -> None:
    named = [labels.movement_label(kind) for kind in TransferKind]
    assert all(named)
    assert len(set(named)) == len(named) == len(TransferKind)


def test_usage_is_called_by_its_group() -> None:
    named = {labels.movement_label(TransferKind.USAGE, group) for group in UsageGroup}
    assert named == {group.label for group in UsageGroup}


@pytest.mark.parametrize("lot", [LotKind.PROMOTIONAL, LotKind.GOODWILL])
def test_credit_that_operators_grant_is_called_the_same_everywhere(lot: LotKind) -> None:
    """In the history and on statements as in its email and on the page of credit."""
    kind = {LotKind.PROMOTIONAL: TransferKind.PROMOTION, LotKind.GOODWILL: TransferKind.CREDIT}[lot]
    assert {labels.movement_label(kind), labels.movements_label(kind)} == {lot.label}


def test_the_history_is_filtered_by_every_kind_with_what_reverses_it() -> None:
    assert labels.filter_labels() == {
        "money_in": "Money in",
        "returned": "Refunds and disputes",
        "top_up": "Top-ups",
        "refund": "Refunds",
        "dispute": "Disputes",
        "adjustment": "Adjustments",
        "credit": "Goodwill credit",
        "usage": "Usage",
        "promotion": "Promotional credit",
        "expiry": "Expired credit",
    }


def test_every_limit_has_a_name_and_one_that_no_one_knows_any_more_its_key() -> None:
    named = [labels.limit_label(limit) for limit in catalog.LIMITS]
    assert len(set(named)) == len(catalog.LIMITS)
    assert not set(named) & set(catalog.LIMITS)
    assert labels.limit_label("fax_machines") == "fax_machines"
