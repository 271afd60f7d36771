"""Which plan, and which card pays."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField

from app.models import Interval


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A plan and how it is paid, as `growth:month`. `chosen` is there once `validate` said yes."""

    plan = RadioField("Plan", validate_choice=False)

    chosen: tuple[str, str]

    def validate(self, extra_validators: object = None) -> bool:
        """Check that a plan is chosen; the error says what to do."""
        super().validate(extra_validators)
        key, _, interval = (self.plan.data or "").partition(":")
        if not key or interval not in set(Interval):
            self.refuse("Choose a plan.")
        else:
            self.chosen = (key, interval)
        return not self.errors

    def refuse(self, message: str) -> None:
        self.plan.errors = [message]


class PayForm(FlaskForm):  # type: ignore[misc]
    """Which saved card pays. `chosen` is there once `validate` said yes."""

    card = SelectField("Card", validate_choice=False)

    chosen: UUID

    def validate(self, extra_validators: object = None) -> bool:
        """Check that a card is chosen; the error says what to do."""
        super().validate(extra_validators)
        try:
            self.chosen = UUID(self.card.data or "")
        except ValueError:
            self.refuse("Choose a card. If there is none, add one first.")
        return not self.errors

    def refuse(self, message: str) -> None:
        self.card.errors = [message]
