"""Which plan, and which card pays."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, RadioField, SelectField

from app.billing import catalog
from app.billing.catalog import CatalogError
from app.language import gettext, lazy_gettext, translated
from app.models import Interval, Organization
from app.web.resend import Field


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A plan and how it is paid: both by a field each, or together as `growth:month`, as links say it.

    `chosen` is set once `validate` succeeds.
    """

    billing = RadioField(lazy_gettext("Billing"), validate_choice=False)
    plan = RadioField(lazy_gettext("Plan"), validate_choice=False)

    chosen: tuple[str, str]
    needs_address = False
    """Whether the plan can only be chosen once there is a billing address."""

    @property
    def picked(self) -> tuple[str, str]:
        """The key of the plan and the interval, as far as they are filled in. What isn't sold yearly is monthly."""
        key, _, interval = (self.plan.data or "").partition(":")
        if interval:
            return key, interval
        plan = catalog.current().plans.get(key)
        asked = self.billing.data or ""
        return key, Interval.MONTH if asked in set(Interval) and plan and plan.yearly is None else asked

    @property
    def value(self) -> str:
        """What is picked, as links say it; empty if nothing is."""
        key, interval = self.picked
        return f"{key}:{interval}" if key and interval else key

    def validate(self, extra_validators: object = None) -> bool:
        """Check that a plan is chosen; the error says what to do."""
        super().validate(extra_validators)
        key, interval = self.picked
        if not key or interval not in set(Interval):
            self.refuse(gettext("Choose a plan."))
        else:
            self.chosen = (key, interval)
        return not self.errors

    def refuse(self, message: str) -> None:
        self.plan.errors = [message]


class PayForm(FlaskForm):  # type: ignore[misc]
    """Which saved card pays. `chosen` is set once `validate` succeeds."""

    card = SelectField(lazy_gettext("Card"), validate_choice=False)

    chosen: UUID

    def validate(self, extra_validators: object = None) -> bool:
        """Check that a card is chosen; the error says what to do."""
        super().validate(extra_validators)
        try:
            self.chosen = UUID(self.card.data or "")
        except ValueError:
            self.refuse(gettext("Choose a card. If you don't have one, add it first."))
        return not self.errors

    def refuse(self, message: str) -> None:
        self.card.errors = [message]


class RenewalForm(PayForm):
    """Which saved card pays a renewal, and whether it pays for the plan from now on."""

    from_now_on = BooleanField(lazy_gettext("Use this card from now on"))


def summarize_plan(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The chosen plan for display; nothing if it isn't offered."""
    form = PlanForm(typed, meta={"csrf": False})
    key, interval = form.picked
    try:
        plan = catalog.current().plan(key)
    except CatalogError:
        return
    if interval in set(Interval):
        name = translated(plan.name)
        is_yearly = interval == Interval.YEAR
        shown = (
            gettext("%(plan)s, yearly", plan=name) if is_yearly else gettext("%(plan)s, monthly", plan=name)
        )
        yield Field("plan", form.value, gettext("Plan"), shown)
