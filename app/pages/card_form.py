"""Stripe's card form: on a page of its own, among the saved cards, or in the middle of a task that needs a card.

A task is where to go on: the review of a switch, a switch or a renewal that isn't paid. In its page the form opens in
place, and the answer to it is the task's own region, with the card chosen. Without JavaScript its link leads to the
form's page, and from there back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from flask import current_app, url_for

from app.billing.subscriptions import previews, switches
from app.models import PaymentMethod, PlanSwitch, SwitchStatus
from app.own_pages import own_address, with_parameter
from app.web.identity import current_organization
from app.web.links import url_of_page

CARD = "card"
"""The parameter that names the saved card at the address where a task goes on."""
_SWITCH = re.compile(r"/billing/change-plan/([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class Task:
    """What a card is needed for. `region` is what the answer replaces in the task's page. `plan` is the plan that the
    card is to pay for from now on, as the default card; None where it pays once."""

    region: str
    plan: str | None = None


RENEWAL = Task("#renewal")


@dataclass(frozen=True, slots=True)
class CardFormView:
    """The form. `next` is where to go on; `is_open` shows it from the start, not once its button is pressed."""

    next: str | None
    task: Task | None
    currency: str
    publishable_key: str
    js_url: str
    return_url: str
    is_open: bool = False
    attempt: UUID = field(default_factory=uuid4)

    @property
    def way_out(self) -> str:
        """Where to go without saving a card."""
        return own_address(self.next, otherwise=url_of_page("payment_methods.show"))


def card_form(next_: str | None, task: Task | None, *, is_open: bool = False) -> CardFormView:
    """The form of a task, and to go on from to `next_`, an address that may come from anywhere."""
    settings = current_app.config["SETTINGS"]
    return CardFormView(
        next=next_,
        task=task,
        currency=current_organization().currency.lower(),
        publishable_key=settings.stripe_publishable_key,
        js_url=settings.stripe_js_url,
        return_url=f"{settings.public_url}{url_of_page('payment_methods.new', next=next_)}",
        is_open=is_open,
    )


def task_of(next_: str | None) -> Task | None:
    """The task at this address; None if it leads to no task of the organization."""
    path = own_address(next_, otherwise="").partition("?")[0].partition("#")[0]
    if path == url_for("change_plan.show_renewal"):
        return RENEWAL
    found = _SWITCH.fullmatch(path)
    switch = switches.find_by_text(current_organization().id, found[1]) if found else None
    return task_of_switch(switch) if switch else None


def task_of_switch(switch: PlanSwitch) -> Task:
    """In its review a switch takes the card for good; one that was declined is only paid with it."""
    is_review = switch.status is SwitchStatus.REVIEW
    return Task("#plan-switch", plan=previews.plan_of(switch).name if is_review else None)


def after_saving(next_: str | None, card: PaymentMethod) -> str:
    """Where to go on with the card: the task, or what the address names; otherwise the list of cards."""
    address = own_address(next_, otherwise="")
    return with_parameter(address, CARD, str(card.id)) if address else url_for("payment_methods.show")
