"""What goes with switching auto top-up off, for every reason."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import audit
from app.billing.auto_top_ups import settings
from app.billing.auto_top_ups.rows import find_settings
from app.billing.auto_top_ups.switching_off import switch_off
from app.billing.wallet import ledger
from app.extensions import db
from app.models import OffReason, TopUpStatus, WalletWatch
from tests.factories import OWNER
from tests.support.auto_top_ups import one_with, settings_of, top_ups, use
from tests.support.sandbox import Sandbox, work_through


@pytest.mark.long
def test_nothing_watches_the_wallet_anymore_and_what_was_declined_is_canceled(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, _ = one_with("pm_card_chargeCustomerFail")
    use(organization, 15)
    work_through(app)
    assert [one.status for one in top_ups(organization)] == [TopUpStatus.DECLINED]
    settings.turn_off(organization, OWNER)
    assert db.session.scalars(db.select(WalletWatch)).all() == []
    assert settings_of(organization).next_try_at is None
    work_through(app)
    assert [one.status for one in top_ups(organization)] == [TopUpStatus.CANCELED]


def test_its_settings_stay_with_the_reason_and_open_pages_are_told(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with()
    wallet, row = ledger.lock(organization.id), find_settings(organization.id)
    assert row is not None
    before, version = wallet.version, row.version
    switch_off(organization, wallet, row, OffReason.FAILURES, audit.AUTO_TOP_UP)
    db.session.commit()
    after = settings_of(organization)
    assert (after.is_on, after.off_reason, after.version) == (False, OffReason.FAILURES, version + 1)
    assert after.threshold_micro == 20_000_000
    assert ledger.lock(organization.id).version > before
