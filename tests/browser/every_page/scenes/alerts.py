"""Credit alerts: levels, who is told, channels of each kind, and the link that stops them."""

from __future__ import annotations

from app.billing.alerts import phones, stopping
from app.billing.mail import opting_out
from app.billing.mail.opting_out import OptOut
from app.clock import utc_now
from app.extensions import db
from app.models import ChannelKind, StoppedMail
from app.transaction import transaction
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import OWNER
from tests.support.alerting import (
    a_chat,
    a_listener,
    a_member,
    a_waiting_phone,
    an_alerted,
    recipients_channel,
    to,
)

PAGE = "/billing/wallet/alerts"
SHOW, NEW = "alerts.show", "alerts.new_channel"
KINDS = ("email", "slack", "teams", "webhook")


@scene(SHOW)
def levels_of_credit(at: Stage) -> None:
    """Reached, refused, saved; and who is told of them, with channels that fail and that are off."""
    organization, _ = an_alerted(amounts=("50",), hours=(4,))
    recipients_channel(organization)
    a_listener(organization, a_member(organization), "low")
    failing, off = a_chat(organization), a_chat(organization, kind=ChannelKind.TEAMS)
    with transaction():
        failing.failing_since = utc_now()
        off.off_at, off.off_reason = utc_now(), "gone"
    to(organization, "40", source="fall")
    at.enter(organization, PAGE)
    at.look(SHOW)
    at.fill("Third level: under", "much")
    at.press("Save levels")
    at.is_refused()
    at.look(SHOW)
    at.fill("Third level: under", "20")
    at.press("Save levels")
    at.is_told("The levels are saved.")
    at.look(SHOW)
    at.page.get_by_role("checkbox", name="Under $20.00").first.check()
    at.press("Save choices")
    at.is_told("Your choices are saved.")
    at.look(SHOW)
    at.page.get_by_role("button", name="Send a test").nth(1).click()
    at.page.locator("#messages .message").first.wait_for()
    at.look(SHOW)


@scene(NEW, SHOW, "alerts.confirm_removal")
def channels_of_each_kind(at: Stage) -> None:
    """Each form, refused; a webhook's secret; and its removal, which asks."""
    organization, _ = an_alerted(amounts=("50",))
    at.enter(organization, PAGE)
    for kind in KINDS:
        at.look_at(NEW, f"{PAGE}/channels/new?kind={kind}")
        if kind != "email":
            at.press("Add")
            at.is_refused()
            at.look(NEW)
    at.fill("Name", "ERP")
    at.fill("Address", "http://127.0.0.1:9/")
    at.press("Add")
    at.see("Save this now")
    at.look(NEW)
    at.press("I've saved it", "link")
    at.page.get_by_role("link", name="Remove ERP (webhook)").click()
    at.see("will no longer reach")
    at.look("alerts.confirm_removal")
    at.press("Remove channel")
    at.is_told("no longer reach")
    at.look(SHOW)


@scene("alerts.show_code", "alerts.show_number", SHOW)
def a_phone_is_confirmed(at: Stage) -> None:
    """The code, wrong and right; and another number, refused."""
    organization, _ = an_alerted(amounts=("50",))
    phone = a_waiting_phone(organization)
    with transaction():
        code = phones.issue(organization, phone.id, OWNER)
    at.enter(organization, f"{PAGE}/phones/{phone.id}/code")
    at.look("alerts.show_code")
    for typed in ("", "000000" if code != "000000" else "111111"):
        at.fill("Code from the text message", typed)
        at.press("Confirm phone")
        at.is_refused()
        at.look("alerts.show_code")
    at.fill("Code from the text message", code)
    at.press("Confirm phone")
    at.is_told("is confirmed")
    at.look(SHOW)
    at.look_at("alerts.show_number", f"{PAGE}/phones/{phone.id}/number")
    at.fill("Phone number", "12")
    at.press("Change number")
    at.is_refused()
    at.look("alerts.show_number")


@scene("alert_emails.stop")
def the_link_that_stops_messages(at: Stage) -> None:
    """For someone who isn't signed in: asked, and done; and a link that is over."""
    organization, _ = an_alerted()
    path = stopping.path_of(a_listener(organization, a_member(organization), "low"))
    at.look_at("alert_emails.stop", path)
    at.press("Stop these messages")
    at.see("These messages have stopped.")
    at.look("alert_emails.stop")
    at.look_at("alert_emails.stop", "/stop-alerts/over")
    recipient = OptOut(organization.id, "ap@harbor.example", StoppedMail.DIGEST)
    organization.billing_emails = [recipient.address]
    db.session.commit()
    at.look_at("alert_emails.stop", opting_out.path_of(recipient))
    at.press("Stop these emails")
    at.see("These emails have stopped.")
    at.look("alert_emails.stop")
