"""An owner at the wallet page, with a card at Stripe's stand-in."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, User
from tests.factories import a_payer, a_person
from tests.support.browsing import Visitor, text_of
from tests.support.saved_states import walked_once

TOP_UPS = "/billing/wallet/top-ups"
_PRESETS = {"25", "50", "100", "250"}


@walked_once
def an_owner(app: Flask, token: str, credit: str) -> tuple[Organization, PaymentMethod, User, str]:
    """Someone who has signed in, the organization that they own, and its card; with the cookies of their browser."""
    organization, card = a_payer(token, credit=credit)
    person = a_person(organization=organization)
    signed_in = Visitor(app.test_client()).sign_in(person.email)
    assert signed_in.status_code == 302
    return organization, card, person, "\n".join(signed_in.headers.getlist("Set-Cookie"))


class Owner(Visitor):
    """An owner who tops up, in one browser."""

    def __init__(self, app: Flask, token: str = "pm_card_visa", *, credit: str = "0") -> None:
        super().__init__(app.test_client())
        self.organization, self.card, person, cookies = an_owner(app, token, credit)
        self.email = person.email
        self.take_cookies(cookies)

    def elsewhere(self) -> Visitor:
        """The same person in another browser."""
        visitor = Visitor(self.client.application.test_client())
        visitor.begin_session(self.email)
        return visitor

    def choose(
        self, amount: str = "50", card: PaymentMethod | str | None = None, **options: Any
    ) -> TestResponse:
        """Fill in the form; what is no preset goes into the field for other amounts."""
        card = self.card if card is None else card
        fields = {"card": card if isinstance(card, str) else str(card.id)}
        is_preset = amount in _PRESETS
        fields |= {"amount": amount} if is_preset else {"amount": "other", "other_amount": amount}
        return self.post(TOP_UPS, fields, **options)

    def review(self, amount: str = "50") -> str:
        """Choose an amount; the address of its review."""
        return str(self.choose(amount).location)

    def pay(self, top_up: str, card: PaymentMethod | None = None, **options: Any) -> TestResponse:
        """Press Pay on the page at this address."""
        return self.post(f"{top_up}/payments", {"card": str(card.id)} if card else {}, **options)

    def reads(self, address: str) -> str:
        """The words at an address."""
        return text_of(self.get(address))

    def top_ups(self) -> list[TopUp]:
        """The organization's top-ups as they are now."""
        db.session.rollback()
        query = db.select(TopUp).filter_by(org_id=self.organization.id)
        return list(db.session.scalars(query, execution_options={"populate_existing": True}))
