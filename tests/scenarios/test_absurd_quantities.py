"""However much is reported, it is refused alone where it is absurd, and no wallet overflows."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.usage import BATCH
from app.billing import catalog
from app.billing.wallet import ledger, verification
from app.billing.wallet.ledger import Entry, TooFarError
from app.clock import utc_now
from app.extensions import db
from app.models import AccountName, Organization, TransferKind, Wallet
from app.money import Money
from tests.factories import an_organization, give_credit, usd
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform


def send(platform: Platform, *events: dict[str, Any]) -> Any:
    answer = platform.open("POST", "/usage", data=json.dumps(events).encode(), content_type=BATCH)
    assert answer.status_code == 200, answer.text
    return answer.json


def posted(organization: Organization) -> int:
    db.session.rollback()
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).posted_micro


def use(organization: Organization, micro: int) -> None:
    """As if that much had been used."""
    entry = Entry(
        kind=TransferKind.ADJUSTMENT,
        source=f"test:{uuid4()}",
        debit=AccountName.WALLET,
        credit=AccountName.ADJUSTMENTS,
        amount=Money(micro, "USD"),
        at=utc_now(),
    )
    ledger.post(ledger.lock(organization.id), entry)
    db.session.commit()


@pytest.mark.parametrize(
    "meter", ["calls_outbound", "calls_inbound", "sms", "phone_numbers", "tokens_in", "text_to_speech"]
)
def test_an_event_counts_as_much_as_its_meter_may_and_no_more(app: Flask, meter: str) -> None:
    organization, platform = an_organization(credit="10"), Platform(app)
    most = catalog.current().meter(meter).most_an_event
    answer = send(
        platform,
        a_cloudevent(organization, "most", data={"meter": meter, "quantity": most}),
        a_cloudevent(organization, "more", data={"meter": meter, "quantity": most + 1}),
        a_cloudevent(organization, "absurd", data={"meter": meter, "quantity": 10**12}),
        a_cloudevent(organization, "right", data={"meter": meter, "quantity": 1}),
    )
    assert (answer["accepted"], [one["index"] for one in answer["refused"]]) == (2, [1, 2])
    assert {one["field"] for one in answer["refused"]} == {"quantity"}
    assert f"0 to {most:,} units of {meter}" in answer["refused"][0]["reason"]


def test_a_correction_counts_no_more_either(app: Flask) -> None:
    organization, platform = an_organization(credit="10"), Platform(app)
    send(platform, a_cloudevent(organization, "e1", data={"meter": "sms", "quantity": 1}))
    corrects = {"source": "platform", "id": "e1"}
    fix = a_cloudevent(organization, "f", data={"meter": "sms", "quantity": 10**9, "corrects": corrects})
    assert send(platform, fix)["refused"][0]["field"] == "quantity"
    assert posted(organization) == usd("10").micro


def test_what_would_take_a_wallet_too_far_is_refused_alone(app: Flask) -> None:
    far, other = an_organization(credit="10"), an_organization(credit="10")
    use(far, ledger.FURTHEST - 5_000_000)
    platform = Platform(app)
    left = ledger.FURTHEST + posted(far)
    a_million = {"meter": "tokens_out", "quantity": 1_000_000}
    send(platform, a_cloudevent(far, "before", data={"quantity": 100}))
    answer = send(
        platform,
        a_cloudevent(far, "fits", data=a_million),
        a_cloudevent(other, "other", data=a_million),
        a_cloudevent(far, "too far", data=a_million),
        a_cloudevent(far, "small", data={"quantity": 1}),
        a_cloudevent(far, "included", data={"meter": "sms", "quantity": 1}),
        a_cloudevent(
            far, "fix", data={"quantity": 10**8, "corrects": {"source": "platform", "id": "before"}}
        ),
    )
    assert left == 15_000_000
    assert answer["accepted"] == 4
    assert [(one["index"], one["field"]) for one in answer["refused"]] == [(2, "quantity"), (5, "quantity")]
    assert "below the lowest possible one" in answer["refused"][0]["reason"]
    assert -ledger.FURTHEST <= posted(far) < -ledger.FURTHEST + 4_000_000
    give_credit(far, "100", at=utc_now())
    said = app.test_cli_runner().invoke(args=["usage", "replay", "--all", "--field", "quantity"]).output
    assert "1 accepted, 1 still rejected." in said, "the first one, once there is credit"
    assert verification.check() == []


def test_credit_stops_there_too(app: Flask) -> None:
    organization = an_organization()
    give_credit(organization, "999999999")
    give_credit(organization, "1")
    with pytest.raises(TooFarError):
        give_credit(organization, "0.01")
    db.session.rollback()
    assert posted(organization) == ledger.FURTHEST
    assert send(Platform(app), a_cloudevent(organization))["accepted"] == 1, (
        "back towards zero is always taken"
    )
    assert verification.check() == []


quantities = st.one_of(
    st.integers(0, 10**12), st.sampled_from([0, 1, 86_400, 10**8, 10**12]), st.integers(0, 2**80)
)


def test_no_quantity_in_however_many_batches_harms_another(app: Flask) -> None:
    one, near, platform = an_organization(credit="10"), an_organization(credit="10"), Platform(app)
    use(near, ledger.FURTHEST - 10_000_000_000)
    meters = list(catalog.current().meters)

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(batch=st.lists(st.tuples(st.sampled_from(meters), quantities), min_size=1, max_size=12))
    def holds(batch: list[tuple[str, int]]) -> None:
        events = [
            a_cloudevent(organization, str(uuid4()), data={"meter": meter, "quantity": quantity})
            for meter, quantity in batch
            for organization in (one, near)
        ]
        answer = send(platform, *events)
        right = {
            index
            for index, (meter, quantity) in enumerate(each for each in batch for _ in range(2))
            if quantity <= catalog.current().meter(meter).most_an_event
        }
        refused = {refusal["index"] for refusal in answer["refused"]}
        assert answer["accepted"] + len(refused) == len(events)
        assert right - refused >= {index for index in right if index % 2 == 0}, (
            "of the one with room none is refused"
        )
        assert refused >= set(range(len(events))) - right
        assert all(abs(posted(organization)) <= ledger.FURTHEST for organization in (one, near))

    holds()
    assert verification.check() == []
