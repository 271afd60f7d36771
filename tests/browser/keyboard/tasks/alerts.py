"""What people do about alerts."""

from __future__ import annotations

import re
from dataclasses import replace

from app.billing.alerts import phones, stopping
from app.clock import utc_now
from app.models import ChannelKind
from app.transaction import transaction
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.keyboard.task import task
from tests.browser.site import Site
from tests.factories import OWNER
from tests.support.alerting import (
    a_chat,
    a_listener,
    a_member,
    a_waiting_phone,
    an_alerted,
    recipients_channel,
)

LEVELS = "Alert levels"


def alerted(site: Site) -> Scene:
    """Someone with levels, whose recipients are told."""
    organization, _ = an_alerted(amounts=("50",))
    recipients_channel(organization)
    return Scene(organization)


def with_a_silent_chat(site: Site) -> Scene:
    """Someone whose Slack channel was switched off."""
    scene = alerted(site)
    chat = a_chat(scene.organization, kind=ChannelKind.SLACK)
    with transaction():
        chat.off_at, chat.off_reason = utc_now(), "gone"
    return scene


def with_a_phone(site: Site) -> Scene:
    """Someone who typed a number, at the page that asks for the code; `secret` is what the phone got."""
    scene = alerted(site)
    phone = a_waiting_phone(scene.organization)
    with transaction():
        code = phones.issue(scene.organization, phone.id, OWNER)
    return replace(scene, path=f"/billing/wallet/alerts/phones/{phone.id}/code", secret=code)


def told(site: Site) -> Scene:
    """Someone who got an email about credit, and has no billing role."""
    organization, _ = an_alerted()
    channel = a_listener(organization, a_member(organization), "low")
    return replace(Scene(organization), path=stopping.path_of(channel), is_signed_in=False)


def open_page(hands: Hands) -> None:
    hands.press("g", "e")
    hands.is_on("heading", LEVELS)


@task(
    "Choose levels of credit, and who is told of them",
    most=24,
    given=alerted,
    posts=["alerts.save_levels", "alerts.save_choices"],
)
def choose_levels(hands: Hands) -> None:
    open_page(hands)
    hands.tab_to("textbox", "Third level: under")
    hands.type("20")
    hands.press("Enter")
    hands.is_told("levels are saved")
    hands.tab_to("checkbox", "Under $20.00")
    hands.press("Space")
    hands.go_to("button", "Save choices")
    hands.is_told("Your choices are saved")


@task(
    "Add a webhook, test it, and give it a new secret",
    most=38,
    given=alerted,
    posts=["alerts.add_channel", "alerts.send_test", "alerts.change_secret"],
)
def add_webhook(hands: Hands) -> None:
    hands.find("web", "Add a webhook")
    hands.is_on("textbox", "Name")
    hands.type("ERP")
    hands.tab_to("textbox", "Address")
    hands.type("http://127.0.0.1:9/")
    hands.press("Enter")
    hands.sees("heading", "Webhook secret", level=1)
    hands.go_to("link", "I've saved it")
    hands.is_on("listitem", re.compile("^ERP"))
    hands.go_to("button", "Send a test to ERP (webhook)")
    hands.is_told("didn't respond")
    hands.go_to("button", "New secret for ERP (webhook)")
    hands.sees("heading", "Webhook secret", level=1)


@task(
    "Switch a channel on again, and remove it",
    most=36,
    given=with_a_silent_chat,
    posts=["alerts.switch_on", "alerts.remove_channel"],
)
def remove_channel(hands: Hands) -> None:
    open_page(hands)
    hands.go_to("button", "Switch on Billing alerts (Slack)")
    hands.is_told("again")
    hands.go_to("link", "Remove Billing alerts (Slack)")
    hands.sees("heading", "Remove a channel", level=1)
    hands.skip()
    hands.go_to("button", "Remove channel")
    hands.is_told("no longer reach")


@task(
    "Confirm a phone, change its number, and ask for another code",
    most=44,
    given=with_a_phone,
    posts=["alerts.confirm_phone", "alerts.change_number", "alerts.send_code"],
)
def confirm_phone(hands: Hands) -> None:
    hands.begin_at("textbox", "Code from the text message")
    hands.type(hands.scene.secret)
    hands.press("Enter")
    hands.is_told("is confirmed")
    hands.go_to("link", "Change number +1•••0123 (text messages)")
    hands.sees("heading", "Change the number", level=1)
    hands.is_on("textbox", "Phone number")
    hands.type("+16175550199")
    hands.press("Enter")
    hands.sees("heading", "Confirm a phone", level=1)
    hands.go_to("button", "Send another code")
    hands.is_told("Wait")


@task(
    "Stop emails about credit by their link",
    most=6,
    given=told,
    posts=["alert_emails.stop"],
    not_framed="A link in an email opens in a tab of its own.",
)
def stop_emails(hands: Hands) -> None:
    hands.go_to("button", "Stop these messages")
    hands.sees("heading", "Stop credit messages", level=1)
