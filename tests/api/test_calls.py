"""What a call cost, as one thing."""

from __future__ import annotations

from urllib.parse import quote

from tests.factories import an_organization
from tests.support.metering import CALL, a_call, an_event, on_growth, take
from tests.support.platform import Platform, is_problem


def test_it_is_told_with_the_rate_of_each_line(platform: Platform) -> None:
    organization = on_growth()
    take(*a_call(organization))
    told = platform.get(f"/organizations/{organization.id}/calls/{quote(CALL)}").json
    assert told["call"] == CALL
    assert [line["part"] for line in told["lines"]] == ["calling", "telephony", "speech", "speech", "model"]
    ring = told["lines"][0]
    assert ring["meter"] == "calls_outbound_international"
    assert (ring["quantity"], ring["billable"], ring["included"]) == (90, 90, 0)
    assert ring["rate"] == {
        "plan": "growth",
        "version": "2026-12.4",
        "amount": {"amount": "0.160000", "currency": "USD"},
        "per": "min",
    }
    assert ring["amount"] == {"amount": "0.240000", "currency": "USD"}
    assert told["agents"] == ["Ava"]
    assert told["in_progress"] is False


def test_a_correction_is_a_line_that_names_what_it_corrects(platform: Platform) -> None:
    organization = on_growth()
    take(an_event(organization, "ring", 90, meter="calls_outbound_international", call="c1"))
    take(
        an_event(
            organization,
            "right",
            60,
            meter="calls_outbound_international",
            call="c1",
            corrects=("platform", "ring"),
        )
    )
    told = platform.get(f"/organizations/{organization.id}/calls/c1").json
    assert [(line["quantity"], line["corrects"]) for line in told["lines"]] == [(90, None), (-30, "ring")]
    assert told["total"] == {"amount": "0.160000", "currency": "USD"}


def test_a_call_that_nothing_was_charged_for_is_not_there(platform: Platform) -> None:
    organization = an_organization()
    answer = platform.get(f"/organizations/{organization.id}/calls/none")
    assert is_problem(answer, "not-found", 404)


def test_another_organization_s_call_is_not_there(platform: Platform) -> None:
    theirs, ours = on_growth(), on_growth()
    take(an_event(theirs, "ring", 90, call="c1"))
    assert is_problem(platform.get(f"/organizations/{ours.id}/calls/c1"), "not-found", 404)
