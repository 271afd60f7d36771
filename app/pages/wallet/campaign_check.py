"""The campaign check: what a campaign would cost, whether credit covers it, and the top-up it would need."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, StringField

from app.billing.usage import campaign_estimates
from app.billing.usage.campaign_estimates import Campaign
from app.clock import utc_now
from app.models import Organization
from app.pages.wallet.routes import blueprint
from app.web.formatting import number
from app.web.identity import current_organization, org_admin_required
from app.web.parts import wants_region
from app.web.text_guard import TidyForm, keeps_typed

_MOST_CALLS = 10_000_000
_MOST_MINUTES = 240


class CampaignForm(TidyForm):
    """A GET form, so that an estimate can be bookmarked and shared. `campaign` is set once `validate` succeeds."""

    calls = StringField("Number of calls")
    answered = StringField("Answer rate (%)")
    shortest = StringField("Shortest call (minutes)")
    longest = StringField("Longest call (minutes)")
    meter = SelectField("Type of calls", validate_choice=False)

    campaign: Campaign

    @classmethod
    def of(cls, organization: Organization, args: MultiDict[str, str]) -> CampaignForm:
        """The form filled from the URL, with typical values as defaults."""
        form = cls(args or None, data={"answered": "70", "shortest": "1", "longest": "3"})
        meters = campaign_estimates.calling_meters(organization, utc_now())
        form.meter.choices = [(key, meter.label) for key, meter in meters.items()]
        if form.meter.data not in meters:
            form.meter.data = next(iter(meters))
        return form

    def validate(self, extra_validators: object = None) -> bool:
        """Check every field; every error says what to enter."""
        super().validate(extra_validators)
        calls = self._whole("calls", 1, _MOST_CALLS)
        answered = self._whole("answered", 1, 100)
        shortest, longest = self._seconds("shortest"), self._seconds("longest")
        if shortest and longest and longest < shortest:
            self.longest.errors = ["The longest call is shorter than the shortest. Enter more minutes."]
        if not self.errors and calls and answered and shortest and longest:
            self.campaign = Campaign(calls, self.meter.data, answered, shortest, longest)
        return not self.errors

    def _whole(self, name: str, least: int, most: int) -> int | None:
        text = (self[name].data or "").strip().replace(",", "").removesuffix("%").strip()
        value = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
        if value is None or not least <= value <= most:
            self[name].errors = [f"Enter a whole number from {number(least)} to {most:,}."]
            return None
        return value

    def _seconds(self, name: str) -> int | None:
        """Minutes with at most two decimals, as seconds."""
        whole, _, part = (self[name].data or "").strip().partition(".")
        is_number = all(text.isascii() and (not text or text.isdecimal()) for text in (whole, part))
        if not is_number or not whole + part or len(whole) > 4 or len(part) > 2:
            seconds = 0
        else:
            seconds = round((int(whole or 0) * 100 + int(part.ljust(2, "0") or 0)) * 60 / 100)
        if not 1 <= seconds <= _MOST_MINUTES * 60:
            self[name].errors = [f"Enter minutes from 0.02 to {_MOST_MINUTES}, like 2.5."]
            return None
        return seconds


@blueprint.get("/campaign-check")
@org_admin_required
@keeps_typed(CampaignForm)
def check_campaign() -> tuple[str, int]:
    """The estimate of the campaign in the URL; without one, only the form."""
    organization = current_organization()
    form = CampaignForm.of(organization, request.args)
    estimate = None
    if request.args and form.validate():
        estimate = campaign_estimates.estimate(organization, form.campaign, at=utc_now())
    htmx = wants_region()
    template = "wallet/_campaign_check.html" if htmx else "wallet/campaign_check.html"
    return render_template(template, campaign=form, estimate=estimate), 422 if form.errors else 200
