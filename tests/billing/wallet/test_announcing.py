"""The platform is told again what is, whatever it was told last."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.wallet import announcing
from app.clock import utc_now
from app.extensions import db
from app.models import PlatformMessage, Wallet
from app.transaction import transaction
from tests.factories import an_organization, usd


def told(app: Flask, credit: str, alert: str | None = None) -> dict[str, dict[str, object]]:
    """What is said of an organization with so much credit, by type."""
    organization = an_organization(credit=credit, alert=alert)
    db.session.execute(db.delete(PlatformMessage))
    db.session.commit()
    with transaction():
        announcing.announce(organization.id, at=utc_now())
    messages = db.session.scalars(db.select(PlatformMessage).order_by(PlatformMessage.position)).all()
    assert len({message.happened_at for message in messages}) == len(messages)
    return {message.type: message.data for message in messages}


@pytest.mark.parametrize(
    ("credit", "alert", "types"),
    [
        ("100", None, {"calling.resumed", "wallet.recovered", "outbound.resumed"}),
        ("100", "150", {"calling.resumed", "wallet.low", "outbound.resumed"}),
        ("0", None, {"calling.paused", "wallet.recovered", "outbound.resumed"}),
    ],
)
def test_each_state_is_said_as_it_is(app: Flask, credit: str, alert: str | None, types: set[str]) -> None:
    said = told(app, credit, alert)
    assert set(said) == types
    state = said.get("calling.paused") or said["calling.resumed"]
    assert state["available"] == {"amount": usd(credit).exact, "currency": "USD"}


def test_the_command_tells_of_all_or_of_one(app: Flask) -> None:
    first, _ = an_organization(credit="10"), an_organization()
    run = app.test_cli_runner().invoke
    assert "Organizations announced: 2 of 2." in run(args=["platform", "announce"]).output
    assert "1 of 1" in run(args=["platform", "announce", "--organization", first.slug]).output
    refused = run(args=["platform", "announce", "--organization", "no-one"])
    assert (refused.exit_code, "There is no organization" in refused.output) == (1, True)
    assert db.session.query(Wallet).count() == 2
