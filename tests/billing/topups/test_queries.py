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
