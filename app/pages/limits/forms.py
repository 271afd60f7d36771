"""The forms of a limit: adding one, changing one, and asking for more of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from app.billing import catalog
from app.billing.limit_settings.drafts import Draft
from app.billing.limit_settings.requests import LATEST
from app.billing.limits import LimitStanding
from app.clock import utc_now
from app.language import gettext, in_sentence, lazy_gettext, marked, pgettext, translated
from app.models import LimitSubject, LimitWindow, Organization
from app.money import Money
from app.pages.amounts import as_typed, read_amount
from app.pages.days import read_day
from app.pages.numbers import read_whole
from app.web.identity import current_organization
from app.web.resend import Field, list_fields
from app.web.seen import SeenField, carried
from app.web.text_guard import TidyForm

LONGEST = 255
"""Characters in a name of a campaign or an agent, as in usage."""
LONGEST_NOTE = 500
_KINDS = ("stops", "tells")
_WHOSE = {
    LimitSubject.CAMPAIGN: marked("Enter the name of the campaign, exactly as in Voice Portal."),
    LimitSubject.AGENT: marked("Enter the name of the agent, exactly as in Voice Portal."),
}
_CLASS = "class:"


class _KindForm(TidyForm, FlaskForm):  # type: ignore[misc]
    amount = StringField(lazy_gettext("Limit"))
    kind = RadioField(lazy_gettext("When it's reached"), validate_choice=False)
    sure = HiddenField()

    limit: Money

    def check_limit(self) -> None:
        """Set `limit`, or say what to enter; zero stops everything."""
        limit = read_amount(self.amount, current_organization().currency)
        if limit is not None:
            self.limit = limit
        if self.kind.data not in _KINDS:
            self.kind.errors = [gettext("Choose what happens when it's reached.")]


class NewLimitForm(_KindForm):
    """A new limit. `draft` is set once `validate` succeeds."""

    applies_to = SelectField(lazy_gettext("Applies to"), validate_choice=False)
    name = StringField(lazy_gettext("Name of the campaign or agent"))
    window = SelectField(lazy_gettext("Period"), validate_choice=False)

    draft: Draft

    def offer(self) -> None:
        """Fill the choices."""
        classes = catalog.current().destinations.classes
        self.applies_to.choices = [
            (LimitSubject.ORGANIZATION.value, gettext("The whole organization")),
            (LimitSubject.CAMPAIGN.value, gettext("A campaign")),
            (LimitSubject.AGENT.value, gettext("An agent")),
            *((f"{_CLASS}{key}", _calls_to(one.label)) for key, one in classes.items()),
        ]
        self.window.choices = [(kind.value, label) for kind, label in window_labels().items()]
        self.window.data = self.window.data or LimitWindow.DAY.value
        self.kind.data = self.kind.data or "stops"

    def validate(self, extra_validators: object = None) -> bool:
        """Check every field; every error says what to do."""
        super().validate(extra_validators)
        self.check_limit()
        subject, name = self._subject()
        if self.window.data not in {kind.value for kind in LimitWindow}:
            self.window.errors = [gettext("Choose an hour, a day, a week or a month.")]
        if not self.errors and subject is not None:
            kind = LimitWindow(self.window.data)
            self.draft = Draft(subject, name, kind, self.kind.data == "stops", self.limit)
        return not self.errors

    def _subject(self) -> tuple[LimitSubject | None, str]:
        chosen = self.applies_to.data or ""
        if chosen not in {value for value, _ in self.applies_to.choices}:
            self.applies_to.errors = [gettext("Choose what the limit applies to.")]
            return None, ""
        if chosen.startswith(_CLASS):
            return LimitSubject.DESTINATION_CLASS, chosen.removeprefix(_CLASS)
        subject, name = LimitSubject(chosen), (self.name.data or "").strip()
        if subject is LimitSubject.ORGANIZATION:
            return subject, ""
        if not name or len(name) > LONGEST:
            self.name.errors = [translated(_WHOSE[subject])]
        return subject, name


class LimitForm(_KindForm):
    """A changed limit. `draft` is set once `validate` succeeds; `seen` is the version that was shown."""

    raised = StringField(lazy_gettext("Raise it to"))
    until = StringField(lazy_gettext("Until the end of"))
    seen = SeenField()

    draft: Draft

    @classmethod
    def of(cls, limit: LimitStanding) -> LimitForm:
        """Filled with the limit as it is."""
        form = cls(None)
        form.amount.data = as_typed(limit.usual.plain)
        form.kind.data = "stops" if limit.stops else "tells"
        form.seen.data = str(limit.version)
        if limit.raised_until is not None:
            form.raised.data = as_typed(limit.amount.plain)
            last = limit.raised_until - timedelta(microseconds=1)
            form.until.data = current_organization().local_day(last).isoformat()
        return form

    @property
    def version(self) -> int:
        """The version that was shown; 0, which none has, if it isn't a number."""
        return read_whole(self.seen.data, 9) or 0

    def validate_for(self, limit: LimitStanding) -> bool:
        """Check every field of a limit's form."""
        super().validate()
        self.check_limit()
        raised, until = self._raise()
        if not self.errors:
            self.draft = Draft(
                limit.subject, limit.name, limit.kind, self.kind.data == "stops", self.limit, raised, until
            )
        return not self.errors

    def _raise(self) -> tuple[Money | None, datetime | None]:
        if not (self.raised.data or "").strip():
            return None, None
        raised = read_amount(self.raised, current_organization().currency)
        if raised is None:
            return None, None
        if not self.amount.errors and raised <= self.limit:
            self.raised.errors = [gettext("Enter more than the limit, or leave it blank.")]
        return raised, read_end(self.until, current_organization())


class MoreForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """A request for more. `wanted` and `ends` are set once `validate` succeeds."""

    amount = StringField(lazy_gettext("New limit"))
    until = StringField(lazy_gettext("Until the end of (optional)"))
    note = TextAreaField(lazy_gettext("Why (optional)"))

    wanted: Money
    ends: datetime | None

    def validate_for(self, organization: Organization) -> bool:
        """Check every field; every error says what to enter."""
        super().validate()
        wanted = read_amount(self.amount, organization.currency)
        if wanted is not None:
            self.wanted = wanted
        self.ends = read_end(self.until, organization) if (self.until.data or "").strip() else None
        if len(self.note.data or "") > LONGEST_NOTE:
            self.note.errors = [gettext("Enter at most %(most)s characters.", most=LONGEST_NOTE)]
        return not self.errors


def read_end(field: StringField, organization: Organization) -> datetime | None:
    """The end of the day in a field, on the organization's clock; None with an error if it isn't one to come."""
    day, today = read_day((field.data or "").strip()), organization.local_day()
    if day is None or not today <= day <= today + LATEST:
        field.errors = [gettext("Enter a day from today on, at most %(days)s days ahead.", days=LATEST.days)]
        return None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(organization.timezone))


def earliest_end() -> str:
    """The first day that can be entered."""
    return current_organization().local_day(utc_now()).isoformat()


def summarize_new(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """A new limit as it was typed."""
    yield from list_fields(
        typed,
        applies_to=gettext("Applies to"),
        name=gettext("Name"),
        window=gettext("Period"),
        amount=gettext("Limit"),
        kind=gettext("When reached"),
    )


def summarize_limit(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """A changed limit as it was typed."""
    yield from list_fields(
        typed,
        amount=gettext("Limit"),
        kind=gettext("When reached"),
        raised=gettext("Raise it to"),
        until=gettext("Until the end of"),
    )
    yield carried(typed)


def kinds() -> dict[str, str]:
    """What can happen when a limit is reached, by the form's value."""
    stops = gettext("Stops new calls (all of them if the limit is zero). Calls in progress finish")
    tells = gettext("Only notifies you at 80%% and 100%%. Calls continue")
    return dict(zip(_KINDS, (stops, tells), strict=True))


def window_labels() -> dict[LimitWindow, str]:
    """The windows to choose from, as the form calls them."""
    return {
        LimitWindow.HOUR: pgettext("the period of a limit", "hour"),
        LimitWindow.DAY: pgettext("the period of a limit", "day"),
        LimitWindow.WEEK: pgettext("the period of a limit", "week"),
        LimitWindow.MONTH: pgettext("the period of a limit", "month"),
    }


def _calls_to(risk: str) -> str:
    # Translators: "Calls to high risk destinations".
    return gettext("Calls to %(class_)s destinations", class_=in_sentence(translated(risk)))
