"""The corrections of a batch are posted as each by itself would be, in as many statements for many as for few."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.usage.ingest import Receipt
from app.billing.wallet import verification
from app.extensions import db
from app.models import Envelope, Organization, Transfer, UsageDaily, Wallet, WalletLine
from tests.support.envelopes import set_aside
from tests.support.examples import examples
from tests.support.metering import NOW, an_event, on_growth, take
from tests.support.statements import all_statements

METERS = ("calls_outbound", "calls_inbound", "tokens_out", "sms")
USED = 8
corrections = st.lists(st.tuples(st.integers(0, USED - 1), st.integers(0, 500)), min_size=1, max_size=6)


def a_user_of_everything(*, is_enveloped: bool) -> Organization:
    """An organization with usage of each meter, twice: that of two campaigns, one of which has an envelope."""
    organization = on_growth()
    if is_enveloped:
        set_aside(organization, "2", campaign="Recall")
    report(*[used(organization, place) for place in range(USED)])
    return organization


def report(*events: Reported) -> Receipt:
    """Without the ledger's check, which is at the end."""
    receipt = ingest.ingest(
        [msgspec.structs.replace(event, index=index) for index, event in enumerate(events)], at=NOW
    )
    db.session.commit()
    return receipt


def used(organization: Organization, place: int, quantity: int = 0) -> Reported:
    names = {
        "meter": METERS[place % 4],
        "campaign": ("Recall", "Spring")[place // 4],
        "call": f"call {place}",
    }
    return an_event(organization, f"e{place}", quantity or 50 * (place + 1), **names)


def fixes(organization: Organization, wanted: list[tuple[int, int]]) -> list[Reported]:
    return [
        an_event(
            organization,
            f"fix {number}",
            quantity,
            meter=METERS[place % 4],
            corrects=("platform", f"e{place}"),
        )
        for number, (place, quantity) in enumerate(wanted)
    ]


def rows_of(organization: Organization) -> list[Any]:
    """All that corrections write, but ids."""
    db.session.expire_all()
    found: list[Any] = []
    for model, names in (
        (Wallet, "posted_micro set_aside_micro set_aside_held_micro state last_seq last_posted_at"),
        (Envelope, "campaign held_micro spent_micro returned_micro has_credit"),
        (Transfer, "seq debit credit amount_micro balance_after_micro kind line_after_micro posted_at"),
        (WalletLine, "seq first_seq day at kind amount_micro detail corrects_seq"),
        (UsageDaily, "day meter campaign agent posted_on is_correction quantity included amount_micro"),
    ):
        columns = [getattr(model, name) for name in names.split()]
        query = db.select(*columns).where(model.org_id == organization.id)
        found.append(sorted(map(tuple, db.session.execute(query)), key=str))
    return found


@pytest.mark.parametrize("is_enveloped", [False, True])
@settings(
    max_examples=examples("CORRECTIONS_EXAMPLES", 6),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(wanted=corrections)
def test_many_in_a_batch_come_to_what_each_by_itself_does(
    app: Flask, is_enveloped: bool, wanted: list[tuple[int, int]]
) -> None:
    together, one_by_one = (a_user_of_everything(is_enveloped=is_enveloped) for _ in range(2))
    receipt = report(*fixes(together, wanted))
    assert receipt.accepted == len(wanted)
    costs = [report(fix).costs[one_by_one.id] for fix in fixes(one_by_one, wanted)]
    assert receipt.costs[together.id] == sum(costs)
    assert rows_of(together) == rows_of(one_by_one)
    assert verification.check() == []


def test_a_hundred_take_as_many_statements_as_three(app: Flask) -> None:
    counts = []
    for count in (3, 100):
        organization = on_growth()
        report(*[an_event(organization, f"e{number}", 9_000) for number in range(count)])
        wanted = [
            an_event(organization, f"fix {number}", 5_000, corrects=("platform", f"e{number}"))
            for number in range(count)
        ]
        with all_statements() as seen:
            report(*wanted)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_corrections_of_several_organizations_share_a_batch(app: Flask) -> None:
    first, second = on_growth(), on_growth()
    for organization in (first, second):
        take(an_event(organization, "e", 1_000_000))
    take(
        an_event(first, "fix", 400_000, corrects=("platform", "e")),
        an_event(second, "fix", 0, corrects=("platform", "e")),
    )
    posted = [db.session.get_one(Wallet, (one.id,), populate_existing=True).posted for one in (first, second)]
    assert [str(amount.exact) for amount in posted] == ["96.200000", "100.000000"]
