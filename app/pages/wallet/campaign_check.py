"""The campaign check: what a campaign would cost, whether credit covers it, and the top-up it would need."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField

from app import separators
from app.billing.usage import campaign_courses, campaign_estimates, campaign_plans, past_campaigns
from app.billing.usage.campaign_estimates import Campaign
from app.billing.usage.past_campaigns import PastCampaigns
from app.billing.wallet import envelope_queries
from app.clock import utc_now
from app.language import gettext, lazy_gettext, locale, translated
from app.language.formats import decimal_text
from app.models import Organization
from app.money import Money
from app.pages.amounts import as_typed
from app.pages.numbers import read_whole
from app.pages.wallet import credit_range, recent_checks
from app.pages.wallet.routes import blueprint
from app.web.formatting import money
from app.web.identity import current_organization, org_admin_required
from app.web.parts import wants_region
from app.web.text_guard import TidyForm, keeps_typed

_MOST_CALLS = 10_000_000
_MOST_MINUTES = 240
_LONG = 10
"""Minutes; of longer calls no one thinks in hundredths of a minute."""
_TYPICAL = {"answered": "70", "shortest": "1", "longest": "3"}


class CampaignForm(TidyForm):
    """A GET form, so that an estimate can be bookmarked and shared. `campaign` is set once `validate` succeeds.

    `set_aside` is the campaign whose envelope helps, empty for none.
    """

    calls = StringField(lazy_gettext("Number of calls"))
    answered = StringField(lazy_gettext("Answer rate (%%)"))
    shortest = StringField(lazy_gettext("Shortest call (minutes)"))
    longest = StringField(lazy_gettext("Longest call (minutes)"))
    per_day = StringField(lazy_gettext("Calls per day"))
    meter = SelectField(lazy_gettext("Type of calls"), validate_choice=False)
    set_aside = SelectField(lazy_gettext("Credit set aside for"), validate_choice=False)

    campaign: Campaign
    past: PastCampaigns | None = None
    calls_a_day: int

    @classmethod
    def with_past(cls, organization: Organization, args: MultiDict[str, str]) -> CampaignForm:
        """The form filled from the URL, with the organization's own past campaigns as defaults."""
        meters = campaign_estimates.calling_meters(organization, utc_now())
        meter = args.get("meter", next(iter(meters)))
        past = past_campaigns.find(organization, meter, now=utc_now())
        form = cls.of(organization, args, defaults=_TYPICAL | (_as_typed(past) if past else {}))
        form.past = past
        return form

    @classmethod
    def of(
        cls,
        organization: Organization,
        args: MultiDict[str, str],
        *,
        defaults: dict[str, str] | None = None,
    ) -> CampaignForm:
        """The form filled from the URL, with typical values unless there are others as defaults."""
        form = cls(args or None, data=defaults or _TYPICAL)
        meters = campaign_estimates.calling_meters(organization, utc_now())
        form.meter.choices = [(key, translated(meter.label)) for key, meter in meters.items()]
        if form.meter.data not in meters:
            form.meter.data = next(iter(meters))
        form.set_aside.choices = _envelopes(organization)
        if form.set_aside.data not in dict(form.set_aside.choices):
            form.set_aside.data = ""
        return form

    def validate(self, extra_validators: object = None) -> bool:
        """Check every field; every error says what to enter."""
        super().validate(extra_validators)
        calls = self._whole("calls", 1, _MOST_CALLS)
        answered = self._whole("answered", 1, 100)
        shortest, longest = self._seconds("shortest"), self._seconds("longest")
        if shortest and longest and longest < shortest:
            self.longest.errors = [
                gettext("The longest call is shorter than the shortest. Enter more minutes.")
            ]
        per_day = self._whole("per_day", 1, _MOST_CALLS) if (self.per_day.data or "").strip() else calls
        if not self.errors and calls and answered and shortest and longest and per_day:
            self.calls_a_day = min(per_day, calls)
            self.campaign = Campaign(calls, self.meter.data, answered, shortest, longest)
        return not self.errors

    def _whole(self, name: str, least: int, most: int) -> int | None:
        text = separators.of_reader().ungrouped((self[name].data or "").strip().removesuffix("%").strip())
        value = read_whole(text, 11)
        if value is None or not least <= value <= most:
            self[name].errors = [
                gettext(
                    "Enter a whole number from %(least)s to %(most)s.",
                    least=decimal_text(least, locale()),
                    most=decimal_text(most, locale()),
                )
            ]
            return None
        return value

    def _seconds(self, name: str) -> int | None:
        """Minutes with at most two decimals, as seconds: with a point in an address, or with the reader's mark."""
        text = (self[name].data or "").strip().replace(separators.of_reader().decimal, ".")
        whole, _, part = text.partition(".")
        is_number = all(text.isascii() and (not text or text.isdecimal()) for text in (whole, part))
        if not is_number or not whole + part or len(whole) > 4 or len(part) > 2:
            seconds = 0
        else:
            seconds = round((int(whole or 0) * 100 + int(part.ljust(2, "0") or 0)) * 60 / 100)
        if not 1 <= seconds <= _MOST_MINUTES * 60:
            self[name].errors = [
                gettext(
                    "Enter minutes from %(least)s to %(most)s, like %(example)s.",
                    least=decimal_text(0.02, locale()),
                    most=decimal_text(_MOST_MINUTES, locale()),
                    example=decimal_text(2.5, locale()),
                )
            ]
            return None
        return seconds


def _envelopes(organization: Organization) -> list[tuple[str, str]]:
    """The campaigns with credit set aside, as choices; none of them is the first."""
    left = {
        one.campaign: Money(one.left_micro, organization.currency)
        for one in envelope_queries.list_open(organization.id)
    }
    return [
        ("", gettext("No campaign")),
        *(
            (name, gettext("%(campaign)s: %(amount)s left", campaign=name, amount=money(amount)))
            for name, amount in left.items()
        ),
    ]


def _as_typed(past: PastCampaigns) -> dict[str, str]:
    """The fields as the organization's own past campaigns fill them."""
    minutes = {"shortest": past.shortest / 60, "longest": past.longest / 60}
    typed = {
        name: as_typed(f"{value:.2f}".rstrip("0").rstrip(".") if value < _LONG else f"{value:.0f}")
        for name, value in minutes.items()
    }
    if past.answered_percent is not None:
        typed["answered"] = str(past.answered_percent)
    return typed | {"per_day": str(past.calls_a_day)}


@blueprint.get("/campaign-check")
@org_admin_required
@keeps_typed(CampaignForm)
def check_campaign() -> Response:
    """The estimate of the campaign in the URL; without one, only the form. A result has its address also in place."""
    organization, now = current_organization(), utc_now()
    form = CampaignForm.with_past(organization, request.args)
    found: dict[str, object] = {}
    if request.args and form.validate():
        estimate = campaign_estimates.estimate(organization, form.campaign, at=now, name=form.set_aside.data)
        found = {
            "estimate": estimate,
            "course": campaign_courses.follow(organization, estimate, form.calls_a_day, now=now),
            "cheaper": campaign_plans.find(organization, estimate, at=now),
            "bar": credit_range.measure(estimate.credit.usable, estimate.least, estimate.most),
            "address": url_for("wallet.check_campaign", **recent_checks.query_of(request.args)),
        }
        recent_checks.remember(organization, request.args)
    recent = recent_checks.list_recent(organization, but=request.args)
    template = "wallet/_campaign_check.html" if wants_region() else "wallet/campaign_check.html"
    html = render_template(template, campaign=form, past=form.past, recent=recent, **found)
    response = make_response(html, 422 if form.errors else 200)
    if found and wants_region():
        response.headers["HX-Push-Url"] = str(found["address"])
    return response
