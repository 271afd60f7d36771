"""The top-up form."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.datastructures import MultiDict
from wtforms import RadioField, StringField

from app.billing import catalog
from app.billing.cards import payment_methods
from app.language import gettext, lazy_gettext
from app.models import Organization
from app.money import Money, MoneyError
from app.pages.amounts import from_link, parse_typed
from app.pages.wallet import presets
from app.pages.wallet.card_choice import CardForm
from app.web.formatting import money
from app.web.resend import Field

OTHER = "other"


class TopUpForm(CardForm):
    """The amount and the card. `chosen_amount` is set once `validate` succeeds."""

    amount = RadioField(lazy_gettext("Amount"), validate_choice=False)
    other_amount = StringField(lazy_gettext("Other amount"))

    chosen_amount: Money

    def offer(self, missing: Money | None) -> None:
        """Fill the choices: the catalog's amounts. `missing` is what has to be topped up to resume calling."""
        limits = catalog.current().top_up
        self.amount.choices = [(preset.plain, preset.plain) for preset in limits.presets] + [
            (OTHER, gettext("Other amount"))
        ]
        if not self.is_submitted():
            self._preselect(presets.usual(limits.presets, missing))

    def _preselect(self, usual: Money) -> None:
        """The amount in the URL, from the campaign check and alerts; else the usual one."""
        self.amount.data = self.amount.data or usual.plain
        if self.amount.data not in [value for value, _ in self.amount.choices]:
            self.amount.data, self.other_amount.data = OTHER, from_link(self.amount.data, usual.currency)

    @property
    def as_address(self) -> dict[str, str]:
        """The current amount in the form, for a link that returns to it: plain, or as it was typed if it is none."""
        if self.amount.data != OTHER:
            return {"amount": self.amount.data or ""}
        typed = self.other_amount.data or ""
        try:
            return {"amount": parse_typed(typed, catalog.current().top_up.minimum.currency).plain}
        except MoneyError:
            return {"amount": OTHER, "other_amount": typed}

    @property
    def amount_so_far(self) -> Money:
        """The current amount, for Stripe's card fields; the smallest one if it is invalid."""
        smallest = catalog.current().top_up.minimum
        try:
            return max(self._current(smallest.currency), smallest)
        except MoneyError:
            return smallest

    def _current(self, currency: str) -> Money:
        if self.amount.data == OTHER:
            return parse_typed(self.other_amount.data or "", currency)
        return Money.parse(self.amount.data or "", currency)

    def validate(self, extra_validators: object = None) -> bool:
        """Check the amount and the card; every error says what to do."""
        super().validate(extra_validators)
        self._check_amount()
        return not self.errors

    def _check_amount(self) -> None:
        is_other = self.amount.data == OTHER
        field = self.other_amount if is_other else self.amount
        if not self.amount.data:
            self.amount.errors = [gettext("Choose an amount.")]
            return
        limits = catalog.current().top_up
        try:
            chosen = self._current(limits.minimum.currency)
        except MoneyError as error:
            field.errors = [str(error)]
            return
        self.chosen_amount = chosen
        if not limits.minimum <= chosen <= limits.maximum:
            field.errors = [out_of_range(limits.minimum, limits.maximum)]


def summarize_top_up(organization: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """Amount and card for display. An entered card has to be entered again."""
    amount, other = typed.get("amount", ""), typed.get("other_amount", "")
    if amount == OTHER:
        yield Field("amount", amount, gettext("Amount"), "")
        yield Field("other_amount", other, gettext("Amount"), other.strip())
    elif amount:
        yield Field("amount", amount, gettext("Amount"), _format_amount(amount))
    cards = {str(card.id): card.choice for card in payment_methods.list_cards(organization)}
    if typed.get("card") in cards:
        yield Field("card", typed["card"], gettext("Card"), cards[typed["card"]])


def _format_amount(amount: str) -> str:
    try:
        return money(Money.parse(amount, catalog.current().top_up.minimum.currency))
    except MoneyError:
        return amount


def out_of_range(minimum: Money, maximum: Money) -> str:
    """What to do about an amount beyond the limits."""
    return gettext("Enter an amount from %(least)s to %(most)s.", least=money(minimum), most=money(maximum))
