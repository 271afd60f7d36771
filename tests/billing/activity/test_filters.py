"""What filters mean, before any of it is read."""

from __future__ import annotations

from app.billing.activity.filters import Filters
from app.models import TransferKind


def test_a_kind_brings_what_reverses_it_and_a_group_is_of_usage() -> None:
    assert Filters(TransferKind.REFUND).kinds == (TransferKind.REFUND, TransferKind.REFUND_REVERSAL)
    assert Filters(TransferKind.CREDIT).kinds == (TransferKind.CREDIT,)
    assert Filters(group="models").kinds == (TransferKind.USAGE,)
    assert Filters().kinds == ()


def test_only_usage_has_names_and_a_group_of_a_top_up_is_a_contradiction() -> None:
    assert Filters(campaign="Recall", country="US").names == {"campaign": "Recall", "country": "US"}
    assert (Filters(agent="Ava").is_of_usage, Filters(group="calling").is_of_usage) == (True, False)
    assert Filters(TransferKind.TOP_UP, "calling").is_contradictory
    assert not Filters(TransferKind.USAGE, "calling").is_contradictory
    assert (bool(Filters()), bool(Filters(number="+1"))) == (False, True)
