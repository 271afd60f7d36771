"""Between a restore of the database and the next comparison, no card is charged without its owner."""

from __future__ import annotations

from flask import Flask

from app import reconciliation
from app.billing.auto_top_ups import restored
from app.extensions import db
from app.models import ReconciliationRun
from tests.support.auto_top_ups import amounts, let_pass, look, one_with, settings_of, use
from tests.support.restoring import Moment
from tests.support.sandbox import Sandbox, work_through


def begin_new_history() -> None:
    """As if the database, as it is now, had just been restored: its timeline is another than that of the last run."""
    db.session.execute(db.update(ReconciliationRun).values(database_history="7000000000000000000/00000001"))
    db.session.commit()


def test_nothing_is_known_to_be_missing_before_the_first_comparison(app: Flask, sandbox: Sandbox) -> None:
    assert restored.is_compared()
    reconciliation.run()
    assert restored.is_compared()
    begin_new_history()
    assert not restored.is_compared()
    db.session.execute(db.update(ReconciliationRun).values(database_history=None))
    assert restored.is_compared()


def test_what_was_charged_and_forgotten_is_not_charged_again(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with()
    reconciliation.run()
    use(organization, 15)
    moment = Moment()
    look(organization)
    assert [status for _, status in amounts(organization)] == ["succeeded"]
    charged = amounts(organization)
    org_id = organization.id
    moment.restore()
    begin_new_history()
    organization = db.session.get_one(type(organization), org_id)
    look(organization)
    assert amounts(organization) == []
    assert settings_of(organization).refused_for == restored.NOT_COMPARED
    work_through(app)
    reconciliation.run()
    let_pass(organization, 1)
    look(organization)
    assert amounts(organization) == charged
    assert len(sandbox.charges()) == 1
    assert settings_of(organization).refused_for is None
