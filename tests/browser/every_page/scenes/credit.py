"""What credit there is, lot by lot."""

from __future__ import annotations

from datetime import timedelta

from app.billing import audit, topups
from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.clock import utc_now
from app.extensions import db
from app.models import LotKind
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import OWNER, a_payer, an_organization, usd
from tests.support.credit_states import negative

PAGE = "/billing/wallet/credit"


@scene("credit.show", "credit.show_lot")
def credit_in_lots(at: Stage) -> None:
    """None; more used than there was; of each kind, with an expiry, used in part and used up."""
    at.enter(an_organization(), PAGE)
    at.look("credit.show")
    at.page.context.clear_cookies()
    at.enter(negative(), PAGE)
    at.look("credit.show")
    at.page.context.clear_cookies()
    organization, card = a_payer()
    last_day = organization.local_day() + timedelta(days=20)
    for kind, amount, note in (
        (LotKind.PROMOTIONAL, "2", "Launch offer"),
        (LotKind.PROMOTIONAL, "20", "For your first campaign of recalls in the spring of next year"),
        (LotKind.GOODWILL, "3", "Sorry for the outage"),
    ):
        grants.grant(
            organization, Grant(kind, usd(amount), note, f"{kind}{amount}", last_day), audit.OPERATOR
        )
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    used = [Used("calls_outbound", 6_000, organization.local_day(), "Recall", "Ava")]
    usage_reports.record(organization, "used", used, at=utc_now())
    db.session.commit()
    at.enter(organization, PAGE)
    at.look("credit.show")
    for link in at.page.locator("main tbody a").all()[:3]:
        at.look_at("credit.show_lot", link.get_attribute("href") or "")
        at.page.goto(PAGE)
