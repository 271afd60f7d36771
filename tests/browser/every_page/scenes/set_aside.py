"""Credit that is set aside, and the reserve."""

from __future__ import annotations

from datetime import timedelta

from app.billing.plans import resource_counts
from app.billing.wallet import envelopes
from app.clock import utc_now
from app.extensions import db
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import OWNER, an_organization, usd
from tests.support.credit_states import all_set_aside, at_reserve

PAGE = "/billing/wallet/set-aside"
SHOW, ENVELOPE = "set_aside.show", "set_aside.show_envelope"


@scene(SHOW, ENVELOPE)
def credit_is_set_aside(at: Stage) -> None:
    """Nothing yet; refused; set aside; changed, refused too; ended."""
    organization = an_organization(credit="40")
    at.enter(organization, PAGE)
    at.look(SHOW)
    at.press("Set aside")
    at.is_refused()
    at.look(SHOW)
    at.fill("Campaign", "Spring recall")
    at.fill("Amount", "12")
    at.press("Set aside")
    at.is_told("$12.00 is set aside for Spring recall")
    at.look(SHOW)
    at.press("Change what is set aside for Spring recall", "link")
    at.page.get_by_role("heading", name="Set aside for Spring recall").wait_for()
    at.look(ENVELOPE)
    at.fill("Amount", "900")
    at.press("Save changes")
    at.is_refused()
    at.look(ENVELOPE)
    ended = at.page.url
    at.press("End envelope")
    at.is_told("available again")
    at.look(SHOW)
    at.look_at(ENVELOPE, ended)


@scene(SHOW, "wallet.show", "overview.show")
def a_reserve_is_kept(at: Stage) -> None:
    """Refused; asked about, because outbound calls would stop; kept, and what pages say while they are stopped."""
    at.enter(an_organization(credit="20"), PAGE)
    at.page.get_by_role("radio", name="An amount").check()
    at.press("Save reserve")
    at.is_refused()
    at.look(SHOW)
    at.fill("Amount to keep", "25")
    at.press("Save reserve")
    at.see("outbound calls stop now")
    at.look(SHOW)
    at.press("Save and pause outbound calls")
    at.is_told("is kept for number rent")
    at.look(SHOW)
    for state in (at_reserve, all_set_aside):
        at.page.context.clear_cookies()
        at.enter(state(), "/billing/wallet")
        at.look("wallet.show")
        at.look_at("overview.show", "/billing")


@scene(SHOW)
def numbers_are_at_risk(at: Stage) -> None:
    """Without credit: which numbers would be released when. With envelopes of several campaigns, one of a long name."""
    dry = an_organization(credit="1")
    resource_counts.set_counts(dry.id, {"phone_numbers": 2})
    used = [Used("calls_outbound", 60_000, dry.local_day(), "Recall", "Ava")]
    usage_reports.record(dry, "dry", used, at=utc_now())
    db.session.commit()
    at.enter(dry, PAGE)
    at.see("Numbers at risk")
    at.look(SHOW)
    at.page.context.clear_cookies()
    organization = an_organization(credit="4000000")
    until = organization.local_day() + timedelta(days=9)
    for name in ("Recall", "Überfällige Zahnreinigung für Neupatienten im Frühjahr", "W" * 80):
        envelopes.set_aside(organization, name, usd("1000000"), until, OWNER)
    db.session.commit()
    at.enter(organization, PAGE)
    at.look(SHOW)
