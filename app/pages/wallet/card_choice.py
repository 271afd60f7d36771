"""Which card pays: one of the saved ones, or one that is entered in the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField

from app.billing.cards import last_charges
from app.billing.cards.last_charges import LastCharge
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardState, CardView
from app.language import gettext, lazy_gettext, marked, translated
from app.pages.wallet.view import TopUpView
from app.web.text_guard import TidyForm

ANOTHER = "another"
_KEEP = "yes"
_SESSION = re.compile(r"rse_[A-Za-z0-9_]{1,240}", re.ASCII)

_NOT_ENTERED = marked("Enter your card, or choose another way to pay. Entering a card needs JavaScript.")


class CardForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """A saved card's id, or the token that Stripe's fields created for an entered one.

    `chosen_card` is set once `validate` succeeds. A card is only saved if its box was checked.
    """

    card = SelectField(lazy_gettext("Card"), validate_choice=False)
    confirmation_token = HiddenField()
    keep = HiddenField()
    radar_session = HiddenField()

    chosen_card: UUID | EnteredCard

    @property
    def browser_signals(self) -> str | None:
        """The id of Stripe's snapshot of the browser, for a saved card; None if invalid, because it is optional."""
        given = self.radar_session.data or ""
        return given if _SESSION.fullmatch(given) and not self.is_entered else None

    @property
    def is_entered(self) -> bool:
        return bool(self.card.data == ANOTHER)

    @property
    def wants_to_save(self) -> bool:
        return bool(self.keep.data == _KEEP)

    def validate(self, extra_validators: object = None) -> bool:
        """Check that there is a card; every error says what to do."""
        super().validate(extra_validators)
        self._check_card()
        return not self.errors

    def _check_card(self) -> None:
        if not self.is_entered:
            try:
                self.chosen_card = UUID(self.card.data or "")
            except ValueError:
                self.card.errors = [gettext("Choose a card.")]
        elif self.confirmation_token.data:
            self.chosen_card = EnteredCard(self.confirmation_token.data, keep=self.wants_to_save)
        else:
            self.confirmation_token.errors = [translated(_NOT_ENTERED)]

    def refuse_card(self, message: str) -> None:
        """Show an error where the card was chosen or entered."""
        field = self.confirmation_token if self.is_entered else self.card
        field.errors = [message]


@dataclass(frozen=True, slots=True)
class CardChoice:
    """The `Card` select: the values and labels of usable cards, and the selected value."""

    saved: tuple[tuple[str, str], ...]
    chosen: str
    has_expired: bool

    @classmethod
    def among(
        cls,
        cards: list[CardView],
        charges: Mapping[UUID, LastCharge],
        wanted: str | None,
        entered: CardView | None = None,
    ) -> CardChoice:
        """Select the wanted card, if it can be chosen; else the most promising one. `entered` is also a choice."""
        saved = tuple((str(card.id), card.choice) for card in cards)
        if entered is not None:
            saved = ((str(entered.id), gettext("%(card)s, entered just now", card=entered.label)), *saved)
        if wanted not in {ANOTHER, *dict(saved)}:
            wanted = suggested(cards, charges)
        has_expired = any(card.state is CardState.EXPIRED for card in cards)
        return cls(saved, wanted or ANOTHER, has_expired)

    @property
    def mark(self) -> str:
        """A digest of the choices, which a poll compares with what the page shows."""
        return sha256(repr(self.saved).encode()).hexdigest()[:12]


def suggested(cards: Sequence[CardView], charges: Mapping[UUID, LastCharge]) -> str:
    """The saved card to suggest, by what each was charged last, or another one if none works."""
    found = last_charges.most_promising(cards, charges)
    return str(found.id) if found else ANOTHER


def preferred(top_up: TopUpView, cards: Sequence[CardView], charges: Mapping[UUID, LastCharge]) -> str:
    """What to suggest after a decline: the same card if that makes sense, else another saved one."""
    if top_up.advice is not None and top_up.advice.same_card and not top_up.is_entered:
        return str(top_up.card.id)
    return suggested([card for card in cards if card.id != top_up.card.id], charges)
