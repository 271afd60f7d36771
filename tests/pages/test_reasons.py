"""Why calling is paused and why a renewal wasn't paid: the same words on our pages and in the shell's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.billing import plans
from app.billing.wallet import balance
from app.models import Organization
from app.pages.reasons import why_paused, why_unpaid
from app.pages.shell_parts import wording
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.credit_states import negative, spend, unpaid


def dry() -> Organization:
    organization = an_organization(credit="2.25")
    spend(organization, 6000)
    return organization


@pytest.mark.parametrize(
    ("made", "said"), [(dry, "Your credit ran out"), (negative, "The balance fell below zero")]
)
def test_why_calling_is_paused(
    app: Flask, visitor: Visitor, made: Callable[[], Organization], said: str
) -> None:
    organization = made()
    found = balance.gather(organization)
    assert why_paused(found) == said
    with app.test_request_context():
        [alert] = wording.credit_alerts(found)
    assert alert.text.startswith(f"{said}.")
    visitor.begin_session(a_person(organization=organization).email)
    assert f"{said} on " in text_of(visitor.get("/billing"))


def test_why_a_renewal_was_not_paid(app: Flask, visitor: Visitor) -> None:
    organization = unpaid(an_organization(credit="100"))
    assert why_unpaid(plans.gather(organization)) == "The card was declined"
    with app.test_request_context():
        [alert] = wording.plan_alerts(plans.gather(organization))
    assert alert.text.startswith("The card was declined. ")
    visitor.begin_session(a_person(organization=organization).email)
    assert "Your renewal wasn't paid. The card was declined" in text_of(visitor.get("/billing"))
