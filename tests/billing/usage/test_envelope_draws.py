"""Usage is drawn from its campaign's envelope, what calls hold of it first."""

from __future__ import annotations

from flask import Flask

from tests.factories import usd
from tests.support.envelopes import (
    DOLLAR,
    LEASE,
    NOW,
    an_enveloped,
    credit_of,
    exact,
    hold,
)
from tests.support.metering import an_event, take


def test_usage_without_a_hold_is_drawn_from_its_campaigns_envelope(app: Flask) -> None:
    organization = an_enveloped("40")
    take(
        an_event(organization, "own", 10 * DOLLAR, when=NOW, campaign="Recall"),
        an_event(organization, "other", 10 * DOLLAR, when=NOW, campaign="Spring"),
        an_event(organization, "none", 10 * DOLLAR, when=NOW),
        now=NOW,
    )
    _, aside, available = credit_of(organization)
    assert aside == usd("40") - exact("10.00008")
    assert available == usd("60") - exact("20.00016")


def test_what_usage_costs_beyond_its_hold_is_drawn_from_the_envelope(app: Flask) -> None:
    organization = an_enveloped("40")
    hold(organization, "one", "5")
    used = [
        an_event(organization, f"e{number}", 4 * DOLLAR, when=NOW, campaign="Recall", hold="one")
        for number in range(3)
    ]
    take(*used, now=NOW)
    held, aside, available = credit_of(organization)
    assert (held, available) == (usd("0"), usd("60"))
    assert aside == usd("40") - exact("12.000096")


def test_usage_never_takes_more_than_the_envelope_has(app: Flask) -> None:
    organization = an_enveloped("40")
    take(an_event(organization, "e1", 50 * DOLLAR, when=NOW, campaign="Recall"), now=NOW)
    _, aside, available = credit_of(organization)
    assert aside == usd("0")
    assert available == usd("60") - (exact("50.0004") - usd("40"))


def test_a_correction_goes_to_the_envelope_too(app: Flask) -> None:
    organization = an_enveloped("40")
    take(an_event(organization, "e1", 10 * DOLLAR, when=NOW, campaign="Recall"), now=NOW)
    right = an_event(organization, "e2", 2 * DOLLAR, when=NOW, corrects=("platform", "e1"))
    take(right, now=NOW)
    assert credit_of(organization)[1:] == (usd("40") - exact("2.000016"), usd("60"))
    more = an_event(organization, "e3", 5 * DOLLAR, when=NOW + LEASE, corrects=("platform", "e1"))
    take(more, now=NOW + LEASE)
    assert credit_of(organization)[1:] == (usd("40") - exact("5.00004"), usd("60"))


def test_usage_of_others_never_takes_from_an_envelope(app: Flask) -> None:
    organization = an_enveloped("40", credit="50")
    take(an_event(organization, "rent", 30 * DOLLAR, when=NOW), now=NOW)
    _, aside, available = credit_of(organization)
    assert (aside, available) == (usd("40"), usd("10") - exact("30.00024"))
    hold(organization, "own", "40")
