"""The forms by which owners pay, switch plans and keep cards, filled in so that they are accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from app.extensions import db
from tests.factories import a_payer, a_stripe_card
from tests.support.browsing import HTMX
from tests.support.cards_form import VISA
from tests.support.owner_stage import (
    CARDS,
    PLAN,
    RENEWAL,
    WALLET,
    Filled,
    Stage,
)
from tests.support.plans import ALWAYS_3DS, DECLINES, a_debtor, a_subscriber, sell_plans, switch_to
from tests.support.topping_up import begin


def _cards(stage: Stage, path: str) -> Filled:
    card = a_stripe_card(stage.enter(), "pm_card_mastercard")
    db.session.commit()
    return f"{CARDS}/{card.id}/{path}", {}


def _setup(stage: Stage) -> Filled:
    stage.enter()
    stage.headers = HTMX
    form = re.search(r'name="attempt" value="([^"]+)"', stage.read(f"{CARDS}/new").text)
    assert form
    return f"{CARDS}/setups", {"attempt": form[1]}


def _saved_card(stage: Stage) -> Filled:
    path, fields = _setup(stage)
    stage.headers = None
    assert stage.visitor is not None
    answer = stage.visitor.post(path, fields, headers=HTMX)
    intent = str(answer.json["client_secret"]).split("_secret_")[0] if answer.json else ""
    typed: Any = {"number": VISA, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    api = stage.sandbox.stripe.v1
    method = api.payment_methods.create({"type": "card", "card": typed}).id
    api.setup_intents.confirm(intent, {"payment_method": method, "use_stripe_sdk": True})
    return CARDS, {"setup_intent": intent}


def _top_up(stage: Stage, path: str, token: str = "pm_card_visa") -> Filled:
    organization, card = a_payer(token, credit="200")
    page = f"{WALLET}/top-ups/{begin(stage.enter(organization), card)}"
    if path == "confirmation":
        assert stage.visitor is not None
        stage.visitor.post(f"{page}/payments")
    return f"{page}/{path}", {}


def _new_top_up(stage: Stage) -> Filled:
    organization, card = a_payer(credit="200")
    stage.enter(organization)
    return f"{WALLET}/top-ups", {"amount": "50", "card": str(card.id)}


def _switch(stage: Stage, path: str, token: str = "pm_card_visa") -> Filled:
    sell_plans()
    organization, card = a_payer(token)
    stage.enter(organization)
    assert stage.visitor is not None
    page = str(stage.visitor.post(PLAN, {"plan": "growth:month"}).location)
    shown = re.search(r'name="shown" value="([^"]+)"', stage.read(page).text)
    assert shown
    fields = {"shown": unescape(shown[1])}
    if path != "confirmation":
        stage.visitor.post(f"{page}/confirmation", fields)
        fields = {"card": str(card.id)}
    return f"{page}/{path}", fields


def _plan(stage: Stage) -> Filled:
    sell_plans()
    stage.enter(a_payer()[0])
    return PLAN, {"plan": "growth:month"}


def _scheduled(stage: Stage) -> Filled:
    organization = stage.enter(a_subscriber("growth"))
    switch_to(organization, "starter")
    return f"{PLAN}/scheduled/cancellation", {}


def _renewal(stage: Stage, path: str = "") -> Filled:
    organization = stage.enter(a_debtor(stage.app, stage.sandbox))
    card = a_stripe_card(organization, "pm_card_mastercard")
    db.session.commit()
    return f"{RENEWAL}{path}", {"card": str(card.id)}


PAYMENTS: dict[str, Callable[[Stage], Filled]] = {
    "change_plan.answer_renewal": lambda stage: _renewal(stage, "/answer"),
    "change_plan.answer_switch": lambda stage: _switch(stage, "answer", ALWAYS_3DS),
    "change_plan.begin_switch": _plan,
    "change_plan.cancel_plan": lambda stage: _renewal(stage, "/cancellation"),
    "change_plan.cancel_scheduled_change": _scheduled,
    "change_plan.cancel_switch": lambda stage: _switch(stage, "cancellation", DECLINES),
    "change_plan.confirm_switch": lambda stage: _switch(stage, "confirmation"),
    "change_plan.pay_renewal": _renewal,
    "change_plan.pay_switch": lambda stage: _switch(stage, "payments", DECLINES),
    "payment_methods.begin_setup": _setup,
    "payment_methods.make_default": lambda stage: _cards(stage, "default"),
    "payment_methods.remove": lambda stage: _cards(stage, "removal"),
    "payment_methods.create": _saved_card,
    "wallet.begin_top_up": _new_top_up,
    "wallet.cancel_top_up": lambda stage: _top_up(stage, "cancellation"),
    "wallet.confirm_top_up": lambda stage: _top_up(stage, "confirmation", ALWAYS_3DS),
    "wallet.pay_top_up": lambda stage: _top_up(stage, "payments"),
}
