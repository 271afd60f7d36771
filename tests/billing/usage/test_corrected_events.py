"""An event that a correction names, as it is after its corrections so far."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.usage import keys
from app.billing.usage.corrected_events import find_corrected
from tests.support.metering import NOW, an_event, on_growth, take
from tests.support.statements import all_statements

E1 = ("platform", "e1")


def test_it_is_what_was_reported_and_all_that_corrections_changed(app: Flask) -> None:
    organization = on_growth()
    take(an_event(organization, quantity=90, meter="calls_outbound", campaign="Recall"))
    fix = an_event(organization, "fix", 30, meter="calls_outbound", corrects=E1)
    [before] = find_corrected([fix]).values()
    assert (before.quantity, before.campaign, before.corrected_at) == (90, "Recall", None)
    take(fix)
    later = an_event(
        organization, "more", 40, meter="calls_outbound", when=NOW + timedelta(seconds=1), corrects=E1
    )
    take(later)
    found = find_corrected([fix, later])
    after = found[str(organization.id), "platform", "e1"]
    assert (len(found), after.quantity, after.corrected_at) == (1, 40, NOW + timedelta(seconds=1))
    assert not after.is_correction


def test_a_correction_is_known_as_one_and_others_events_are_not_found(app: Flask) -> None:
    organization, other = on_growth(), on_growth()
    take(an_event(organization, quantity=90))
    take(an_event(organization, "fix", 30, corrects=E1))
    [one] = find_corrected([an_event(organization, "x", 1, corrects=("platform", "fix"))]).values()
    assert one.is_correction
    assert find_corrected([an_event(other, "x", 1, corrects=E1)]) == {}
    assert find_corrected([an_event(other, "x", 1)]) == {}


def test_it_is_found_without_its_key_too(app: Flask) -> None:
    """Keys are deleted once an event is too old to be sent again; it can be corrected all the same."""
    organization = on_growth()
    take(an_event(organization, quantity=90), an_event(organization, "e2", 70))
    keys.forget([(str(organization.id), keys.key_of(*E1))])
    both = [
        an_event(organization, f"fix {number}", 30, corrects=("platform", f"e{number}")) for number in (1, 2)
    ]
    found = find_corrected(both)
    assert {key[2]: one.quantity for key, one in found.items()} == {"e1": 90, "e2": 70}


def test_a_thousand_take_no_more_statements_than_two(app: Flask) -> None:
    organization = on_growth()
    counts = []
    for count in (2, 1_000):
        fixes = [
            an_event(organization, f"x{n}", 1, corrects=("platform", f"missing {n}")) for n in range(count)
        ]
        with all_statements() as seen:
            assert find_corrected(fixes) == {}
        counts.append(len(seen))
    assert counts[0] == counts[1]
