"""Where calls go: the longest prefix counts."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog.destinations import Destinations


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("+12125550134", "US"),
        ("+14165550134", "CA"),
        ("+18765550134", "JM"),
        ("+442079460123", "GB"),
        ("+447012345678", "premium"),
        ("+19005550134", "premium"),
        ("+77271234567", "KZ"),
        ("+74951234567", "RU"),
        ("+88163012345", "satellite"),
        ("+210123", "unknown"),
        ("+0", "unknown"),
        ("+", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_number_is_where_its_longest_prefix_says(app: Flask, number: str, key: str) -> None:
    found = catalog.current().destinations.of_number(number)
    assert found is not None
    assert found.key == key


def test_the_catalog_on_offer_knows_every_region_that_has_a_calling_code(app: Flask) -> None:
    destinations = catalog.current().destinations
    assert len(destinations.known) > 230
    assert all(one.prefixes for one in destinations.known.values())
    assert destinations.find("unknown") is destinations.unknown
    assert destinations.find("XX") is None
    us = destinations.find("US")
    assert us is not None
    assert (us.meter, destinations.class_of(us).is_guarded) == ("calls_outbound", False)


def test_a_version_without_destinations_guards_nothing() -> None:
    nothing = Destinations()
    assert nothing.of_number("+25261234567") is None
    assert nothing.of_country("SO") is None
