"""The form by which an owner agrees to auto top-up."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField

from app.billing import catalog
from app.billing.auto_top_ups.overview import State
from app.billing.auto_top_ups.settings import AmountsDontFitError, Wanted
from app.billing.cards.payment_methods import CardView
from app.language import gettext, lazy_gettext
from app.pages.amounts import as_typed, read_amount
from app.pages.numbers import read_whole
from app.web.formatting import money
from app.web.seen import SeenField
from app.web.text_guard import TidyForm

NONE = ""
_FACTORS = (2, 10, 40)
"""What is suggested at first: threshold, target and cap as multiples of the smallest top-up."""


class AutoTopUpForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """Amounts, cards in order, and the consent. `wanted` is set once `validate` succeeds.

    `version` is that of the settings that the form was drawn with.
    """

    threshold = StringField(lazy_gettext("When available credit falls below"))
    target = StringField(lazy_gettext("Refill to"))
    cap = StringField(lazy_gettext("Monthly limit"))
    card = SelectField(lazy_gettext("Card"), validate_choice=False)
    backup = SelectField(lazy_gettext("Backup card"), validate_choice=False)
    second_backup = SelectField(lazy_gettext("Second backup card"), validate_choice=False)
    agreed = BooleanField(lazy_gettext("I agree"))
    version = SeenField()

    wanted: Wanted

    @classmethod
    def of(cls, state: State | None, cards: list[CardView]) -> AutoTopUpForm:
        """The form as it is first drawn: with the settings, or with a suggestion."""
        if state is None:
            least = catalog.current().top_up.minimum
            threshold, target, cap = (least * factor for factor in _FACTORS)
            chosen = [str(card.id) for card in cards if card.works][:1]
        else:
            threshold, target, cap = state.threshold, state.target, state.cap
            chosen = [str(card.id) for card in state.cards]
        first, second, third = [*chosen, NONE, NONE, NONE][:3]
        return cls(
            None,
            data={
                "threshold": as_typed(threshold.decimal),
                "target": as_typed(target.decimal),
                "cap": as_typed(cap.decimal),
                "card": first,
                "backup": second,
                "second_backup": third,
                "version": str(state.version if state else 0),
            },
        )

    def check(self, currency: str) -> bool:
        """Check every field; every error says what to enter."""
        super().validate()
        threshold = read_amount(self.threshold, currency)
        target, cap = read_amount(self.target, currency), read_amount(self.cap, currency)
        cards = self._cards()
        if not self.agreed.data:
            self.agreed.errors = [
                gettext("Check the box to agree. Without it, no card is charged automatically.")
            ]
        if not self.errors and threshold is not None and target is not None and cap is not None:
            version = read_whole(self.version.data, 8)
            self.wanted = Wanted(threshold, target, cap, cards, -1 if version is None else version)
        return not self.errors

    def refuse(self, error: AmountsDontFitError) -> None:
        """Say what an amount has to be."""
        bound = money(error.bound)
        self[error.field].errors = [
            gettext("Enter %(least)s or more.", least=bound)
            if error.is_least
            else gettext("Enter %(most)s or less.", most=bound)
        ]

    def _cards(self) -> tuple[UUID, ...]:
        found: list[UUID] = []
        for name in ("card", "backup", "second_backup"):
            field = self[name]
            if not field.data and name != "card":
                continue
            try:
                found.append(UUID(field.data or ""))
            except ValueError:
                field.errors = [gettext("Choose a card.")]
        return tuple(dict.fromkeys(found))
