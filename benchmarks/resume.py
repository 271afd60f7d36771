"""Section resume: from paying a top-up to the platform knowing that calls can start again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date

from app.billing import topups
from app.billing.audit import OPERATOR
from app.billing.cards import payment_methods
from app.extensions import db
from app.money import Money
from benchmarks.figures import Figure
from benchmarks.receiving import Receiver, receiving, slowest
from benchmarks.stage import an_organization
from demo import samples

ROUNDS = 8


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Top-ups of paused organizations, paid at the stand-in and told by the demo's own worker."""
    with receiving(environment) as receiver:
        seconds = [_seconds_to_resume(receiver) for _ in range(ROUNDS)]
    yield slowest("resume", "top-up paid to calling.resumed delivered", seconds)


def _seconds_to_resume(receiver: Receiver) -> float:
    organization = an_organization("Paused")
    customer = payment_methods.customer_of(organization, email=None)
    card = samples.attach_card("pm_card_visa", customer, expires=date(2040, 12, 1))
    method = payment_methods.record(organization, card, OPERATOR)
    top_up = topups.begin(organization, Money.parse("50", organization.currency), method.id, OPERATOR)
    db.session.commit()
    began = time.perf_counter()
    topups.pay(organization, top_up.id, method.id, OPERATOR)
    db.session.commit()
    receiver.wait_for("calling.resumed", organization.id)
    return time.perf_counter() - began
