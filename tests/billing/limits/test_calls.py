"""A call as limits see it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.limits import Call
from app.models import LimitSubject


@pytest.mark.parametrize(
    ("to", "key", "class_key", "guarded"),
    [
        ("+12125550134", "US", "standard", False),
        ("+18765550134", "JM", "high", True),
        ("GB", "GB", "standard", False),
        ("+447012345678", "premium", "high", True),
        ("XX", "unknown", "high", True),
        ("+999", "unknown", "high", True),
    ],
)
def test_where_it_goes_is_what_the_platform_says(
    app: Flask, to: str, key: str, class_key: str, *, guarded: bool
) -> None:
    call = Call.to(to)
    assert call.destination is not None
    assert call.destination_class is not None
    assert (call.destination.key, call.destination_class.key, call.is_guarded) == (key, class_key, guarded)


def test_it_counts_toward_everything_that_it_names(app: Flask) -> None:
    assert Call.to(None).subjects == {LimitSubject.ORGANIZATION: ""}
    assert not Call.to(None).is_guarded
    assert Call.to("GB", campaign="Spring recall", agent="Ava").subjects == {
        LimitSubject.ORGANIZATION: "",
        LimitSubject.CAMPAIGN: "Spring recall",
        LimitSubject.AGENT: "Ava",
        LimitSubject.DESTINATION_CLASS: "standard",
    }
