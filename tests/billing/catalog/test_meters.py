"""What a meter is called, also one that is no longer on offer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.catalog import file, meters, versions
from app.models import UsageGroup
from tests.support.statements import statements
from tests.support.versions import TEXT


@pytest.fixture(autouse=True)
def fax_is_gone(app: Flask) -> Iterator[None]:
    """Two older versions counted faxes in pages; the one on offer knows of none."""
    on_offer = catalog.current()
    for version, label in [("fax-1", "Telefaxes"), ("fax-2", "Faxes")]:
        text = TEXT.replace('version = "2026-12.4"', f'version = "{version}"').replace("sms", "fax")
        text = text.replace('label = "Text messages"', f'label = "{label}"')
        versions.store(file.parse(text, name=version))
    yield
    app.extensions["catalog"] = on_offer
    app.extensions.pop("meters_known_before", None)


def test_a_meter_on_offer_is_called_as_it_is_there(app: Flask) -> None:
    with statements() as seen:
        assert meters.get_meter("sms") is catalog.current().meter("sms")
    assert seen == []


def test_one_that_is_gone_is_called_as_the_newest_version_that_knew_it_does(app: Flask) -> None:
    assert meters.get_meter("fax").label == "Faxes"


def test_it_is_looked_for_once(app: Flask) -> None:
    meters.get_meter("fax")
    with statements() as seen:
        meters.get_meter("fax")
    assert seen == []


def test_one_that_no_version_knows_breaks_nothing(app: Flask) -> None:
    unknown = meters.get_meter("carrier_pigeons")
    assert (unknown.label, unknown.shown_as) == ("Carrier pigeons", "units")
    assert (unknown.per, unknown.shown_per) == (1, 1)


def test_one_that_is_unknown_is_found_as_soon_as_a_version_has_it(app: Flask) -> None:
    assert meters.get_meter("telex").label == "Telex"
    text = TEXT.replace('version = "2026-12.4"', 'version = "telex-1"').replace("sms", "telex")
    versions.store(file.parse(text, name="telex-1"))
    assert meters.get_meter("telex").label == "Text messages"


def test_a_group_lists_what_is_on_offer_and_then_what_was_used_and_is_gone(app: Flask) -> None:
    on_offer = catalog.current().meters_of(UsageGroup.TELEPHONY)
    assert meters.list_meters(UsageGroup.TELEPHONY, []) == on_offer
    used = ["zebra", "sms", "fax", "fax", "tokens_in"]
    assert meters.list_meters(UsageGroup.TELEPHONY, used) == [*on_offer, "fax", "zebra"]


def test_what_is_gone_is_listed_in_its_own_group_only(app: Flask) -> None:
    models = catalog.current().meters_of(UsageGroup.MODELS)
    assert meters.list_meters(UsageGroup.MODELS, ["fax"]) == models
