"""The forms of an envelope and of the reserve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, StringField

from app.billing.plans import number_rent
from app.billing.wallet.envelopes import LONGEST_NAME
from app.billing.wallet.reserve import Reserve
from app.language import gettext, lazy_gettext
from app.models import Organization
from app.money import Money
from app.pages.amounts import above_zero, read_amount
from app.pages.days import read_day
from app.web.identity import current_organization
from app.web.resend import Field, list_fields
from app.web.seen import SeenField, carried
from app.web.text_guard import TidyForm

OFF, AMOUNT, RENT = "off", "amount", "rent"


class _CreditForm(TidyForm, FlaskForm):  # type: ignore[misc]
    amount = StringField(lazy_gettext("Amount"))
    until = StringField(lazy_gettext("Last day"))

    wanted: Money
    day: date

    def check_credit(self) -> None:
        """Set `wanted` and `day`, or say what to enter."""
        wanted = read_amount(self.amount, current_organization().currency)
        if wanted:
            self.wanted = wanted
        elif wanted is not None:
            self.amount.errors = [above_zero()]
        day = read_day(self.until.data or "")
        if day is None:
            self.until.errors = [gettext("Choose the last day on which the campaign can use it.")]
        else:
            self.day = day


class NewEnvelopeForm(_CreditForm):
    """Credit for a campaign. `wanted`, `day` and `name` are set once `validate` succeeds."""

    campaign = StringField(lazy_gettext("Campaign"))

    name: str

    def validate(self, extra_validators: object = None) -> bool:
        """Check every field; every error says what to enter."""
        super().validate(extra_validators)
        self.name = (self.campaign.data or "").strip()
        if not 1 <= len(self.name) <= LONGEST_NAME:
            self.campaign.errors = [gettext("Enter the campaign's name, exactly as in Voice Portal.")]
        self.check_credit()
        return not self.errors


class EnvelopeForm(_CreditForm):
    """Another amount or day. `seen` are the terms that the page showed."""

    seen = SeenField()

    def validate(self, extra_validators: object = None) -> bool:
        """Check every field; every error says what to enter."""
        super().validate(extra_validators)
        self.check_credit()
        return not self.errors


class ReserveForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """Off, an amount, or days of rent. `wanted` is set once `validate` succeeds; `sure` answers the question,
    and `seen` is the reserve that the page showed."""

    kind = RadioField(lazy_gettext("Keep for number rent and inbound calls"), validate_choice=False)
    floor = StringField(lazy_gettext("Amount to keep"))
    sure = HiddenField()
    seen = SeenField()

    wanted: Reserve

    def validate(self, extra_validators: object = None) -> bool:
        """Check what is chosen; an error says what to do."""
        super().validate(extra_validators)
        organization = current_organization()
        if self.kind.data == OFF:
            self.wanted = Reserve(Money.zero(organization.currency), None)
        elif self.kind.data == RENT:
            days = number_rent.RESERVED_DAYS
            self.wanted = Reserve(number_rent.rent_of(organization, days), days)
        elif self.kind.data == AMOUNT:
            floor = read_amount(self.floor, organization.currency)
            if floor is not None:
                self.wanted = Reserve(floor, None)
        else:
            self.kind.errors = [gettext("Choose whether to keep a reserve.")]
        return not self.errors


def summarize_envelope(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """A new envelope as it was typed."""
    return list_fields(
        typed, campaign=gettext("Campaign"), amount=gettext("Amount"), until=gettext("Last day")
    )


def summarize_change(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """A changed envelope as it was typed."""
    yield from list_fields(typed, amount=gettext("Amount"), until=gettext("Last day"))
    yield carried(typed)


def summarize_reserve(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """A reserve as it was typed."""
    yield from list_fields(
        typed, kind=gettext("Reserve"), floor=gettext("Amount to keep"), sure=gettext("Confirmed")
    )
    yield carried(typed)
