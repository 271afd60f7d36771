"""A top-up is found by its own organization, and by no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import UnknownTopUpError, queries
from app.extensions import db
from app.ids import uuid7
from app.models import TopUpStatus
from app.payments.intents import Payment
from app.payments.statuses import PaymentIntentStatus
from tests.factories import OWNER, a_card, an_organization, usd
from tests.support.database import behind_the_scenes


@pytest.mark.parametrize("look", [queries.find, queries.lock])
def test_another_organizations_is_as_unknown_as_one_that_never_was(
    app: Flask, look: Callable[..., Any]
) -> None:
    organization, other = an_organization(), an_organization()
    top_up = topups.begin(organization, usd("50"), a_card(organization).id, OWNER)
    db.session.commit()
    assert look(organization.id, top_up.id) is top_up
    for org_id, id_ in ((other.id, top_up.id), (organization.id, uuid7())):
        with pytest.raises(UnknownTopUpError):
            look(org_id, id_)


def test_it_is_found_as_the_database_has_it_now(app: Flask) -> None:
    organization = an_organization()
    top_up = topups.begin(organization, usd("50"), a_card(organization).id, OWNER)
    db.session.commit()
    assert top_up.status is TopUpStatus.REVIEW
    with behind_the_scenes() as connection:
        connection.execute(db.text("UPDATE top_up SET status = 'canceled'"))
    assert queries.find(organization.id, top_up.id).status is TopUpStatus.CANCELED


def a_payment(org_id: Any, top_up_id: Any) -> Payment:
    """A payment with this in its metadata."""
    return Payment(
        id="pi_1",
        status=PaymentIntentStatus.SUCCEEDED,
        amount=usd("50"),
        received=usd("50"),
        customer_id="cus_1",
        top_up_id=top_up_id if top_up_id is None else str(top_up_id),
        charge_id="ch_1",
        decline_code=None,
        client_secret=None,
        org_id=org_id if org_id is None else str(org_id),
    )


class TestFindByPayment:
    def test_the_top_up_that_was_written_into_it(self, app: Flask) -> None:
        organization, other = an_organization(), an_organization()
        top_up = topups.begin(organization, usd("50"), a_card(organization).id, OWNER)
        db.session.commit()
        assert queries.find_by_payment(a_payment(organization.id, top_up.id)) is top_up
        assert queries.find_by_payment(a_payment(other.id, top_up.id)) is None

    @pytest.mark.parametrize(
        ("org_id", "top_up_id"), [(None, None), ("", uuid7()), (uuid7(), "order 4711"), (uuid7(), uuid7())]
    )
    def test_one_that_names_none_of_ours_has_none(self, app: Flask, org_id: Any, top_up_id: Any) -> None:
        assert queries.find_by_payment(a_payment(org_id, top_up_id)) is None

    def test_it_is_found_as_the_database_has_it_now(self, app: Flask) -> None:
        organization = an_organization()
        top_up = topups.begin(organization, usd("50"), a_card(organization).id, OWNER)
        db.session.commit()
        assert top_up.status is TopUpStatus.REVIEW
        with behind_the_scenes() as connection:
            connection.execute(db.text("UPDATE top_up SET status = 'canceled'"))
        found = queries.find_by_payment(a_payment(organization.id, top_up.id))
        assert found is not None
        assert found.status is TopUpStatus.CANCELED
