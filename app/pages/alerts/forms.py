"""The forms about alerts."""

from __future__ import annotations

from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.billing.alerts.levels import FURTHEST, HOURS, Level
from app.language import gettext, lazy_gettext
from app.models import AlertLevelKind
from app.money import Money
from app.pages.alerts.wording import hours_label
from app.pages.amounts import as_typed, read_amount
from app.web.formatting import money
from app.web.identity import current_organization
from app.web.seen import SeenField
from app.web.text_guard import TidyForm

_AMOUNTS = ("amount_1", "amount_2", "amount_3")


class LevelsForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """The levels. `low_amount`, `amounts` and `wanted_hours` are set once `validate` succeeds; `seen` is the
    version that the page showed."""

    low = StringField(lazy_gettext("Low balance: credit is under"))
    amount_1 = StringField(lazy_gettext("Second level: under"))
    amount_2 = StringField(lazy_gettext("Third level: under"))
    amount_3 = StringField(lazy_gettext("Fourth level: under"))
    hours = SelectMultipleField(lazy_gettext("Forecast"), validate_choice=False)
    seen = SeenField()

    low_amount: Money | None
    amounts: tuple[Money, ...]
    wanted_hours: tuple[int, ...]

    def offer(self) -> list[tuple[str, str]]:
        """The hours to choose from."""
        return [(str(one), hours_label(one)) for one in HOURS]

    @property
    def further(self) -> list[StringField]:
        return [self[name] for name in _AMOUNTS]

    def show(self, levels: list[Level]) -> None:
        """Fill it with what is chosen."""
        amounts = [one.amount for one in levels if one.kind is AlertLevelKind.AMOUNT and one.amount]
        low = next((one.amount for one in levels if one.kind is AlertLevelKind.LOW), None)
        self.low.data = as_typed(low.plain) if low else ""
        for field, amount in zip(self.further, sorted(amounts, reverse=True), strict=False):
            field.data = as_typed(amount.plain)
        self.hours.data = [str(one.hours) for one in levels if one.hours]

    def validate(self, extra_validators: object = None) -> bool:
        """Check each amount; an error says what to enter."""
        super().validate(extra_validators)
        self.low_amount = self._amount(self.low)
        amounts = [self._amount(field) for field in self.further]
        self.amounts = tuple(dict.fromkeys(one for one in amounts if one is not None))
        for field, amount in zip(self.further, amounts, strict=True):
            if amount is not None and amount == self.low_amount:
                field.errors = [
                    gettext("This is already the low-balance amount. Enter another one, or leave it blank.")
                ]
        offered = dict(self.offer())
        if not set(self.hours.data or ()) <= set(offered):
            self.hours.errors = [gettext("Choose from the times that are offered.")]
        self.wanted_hours = tuple(int(one) for one in self.hours.data or () if one in offered)
        return not self.errors

    def _amount(self, field: StringField) -> Money | None:
        """What was typed; None where that is nothing or wrong."""
        if not field.data:
            return None
        most = Money(FURTHEST * 1_000_000, current_organization().currency)
        amount = read_amount(field, most.currency)
        if amount is not None and not 0 < amount.micro <= most.micro:
            field.errors = [
                gettext("Enter an amount above zero, up to %(most)s, or leave it blank.", most=money(most))
            ]
            return None
        return amount


class ChannelForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """A new channel: whose it is, or where messages go and how that is called."""

    kind = HiddenField()
    person = SelectField(lazy_gettext("Person"), validate_choice=False)
    number = StringField(lazy_gettext("Phone number"))
    name = StringField(lazy_gettext("Name"))
    address = StringField(lazy_gettext("Address"))


class PhoneCodeForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """The code that a phone got."""

    code = StringField(
        lazy_gettext("Code from the text message"),
        [InputRequired(lazy_gettext("Enter the code.")), Length(max=40)],
    )


class NumberForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """Another number of a phone."""

    number = StringField(
        lazy_gettext("Phone number"), [InputRequired(lazy_gettext("Enter a phone number.")), Length(max=40)]
    )


def listed_choices(form: MultiDict[str, str], name: str = "tell") -> dict[UUID, frozenset[str]]:
    """What each channel that the page showed is to be told about; by the name `told`, what it was when it was
    shown."""
    wanted: dict[UUID, set[str]] = {}
    for channel_id in form.getlist("channel"):
        if (key := _uuid(channel_id)) is not None:
            wanted[key] = set()
    for choice in form.getlist(name):
        channel_id, _, about = choice.partition(" ")
        if (key := _uuid(channel_id)) in wanted and key is not None:
            wanted[key].add(about)
    return {channel_id: frozenset(about) for channel_id, about in wanted.items()}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
