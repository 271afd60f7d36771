"""The check of a campaign in the shell's own screen: whether credit covers it, and the top-up that would."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.billing.usage import campaign_credit, campaign_estimates
from app.billing.usage.campaign_credit import Coverage
from app.clock import utc_now
from app.language import gettext
from app.models import Organization
from app.money import Money, MoneyError
from app.pages.wallet.campaign_check import CampaignForm
from app.web.formatting import money, money_axis

_USUAL = {"answered": "100", "shortest": "1", "longest": "3"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_covered` is whether credit covers the most that it may cost. If not, `action` is the label of a button for
    a top-up that would, and `path` where it begins. `title`, `text` and `action` are for people, the amounts for
    programs."""

    is_covered: bool
    title: str
    text: str
    missing: str
    top_up: str | None
    action: str | None
    path: str | None


class InvalidCampaignError(ValueError):
    """The attributes describe no campaign; the message says of each what to enter."""


def check(organization: Organization, asked: MultiDict[str, str]) -> Answer:
    """The answer for a campaign of `cost`, or of `calls` that take `minutes`, or `shortest` to `longest`. What is set
    aside for the one called `campaign` counts.

    Raises `InvalidCampaignError`.
    """
    if "cost" in asked:
        cost = _cost(organization, asked["cost"])
        credit = campaign_credit.find(organization, campaign=asked.get("campaign", ""))
        return _answer(campaign_credit.cover(cost, credit), least=cost)
    fields = MultiDict(_USUAL | dict(asked.items()))
    if minutes := fields.pop("minutes", None):
        fields["shortest"] = fields["longest"] = minutes
    form = CampaignForm.of(organization, fields)
    if not form.validate():
        wrong = {name: errors[0] for name, errors in form.errors.items()}
        raise InvalidCampaignError(" ".join(f"{name}: {error}" for name, error in wrong.items()))
    name = asked.get("campaign", "")
    found = campaign_estimates.estimate(organization, form.campaign, at=utc_now(), name=name)
    return _answer(Coverage(found.most, found.credit, found.missing, found.top_up), least=found.least)


def _cost(organization: Organization, text: str) -> Money:
    try:
        return Money.parse(text, organization.currency)
    except MoneyError as error:
        raise InvalidCampaignError(f"cost: {error}") from error


def _answer(coverage: Coverage, *, least: Money) -> Answer:
    top_up = coverage.top_up
    return Answer(
        is_covered=top_up is None,
        title=gettext("Your credit covers this campaign.")
        if top_up is None
        else gettext("Your credit doesn't cover this campaign."),
        text=_text(coverage, least),
        missing=coverage.missing.exact,
        top_up=top_up.exact if top_up else None,
        action=gettext("Top up %(amount)s", amount=money_axis(top_up)) if top_up else None,
        path=url_for("wallet.show", amount=top_up.plain, _anchor="top-up") if top_up else None,
    )


def _text(coverage: Coverage, least: Money) -> str:
    if coverage.cost.micro == 0:
        costs = gettext("It costs nothing extra: your plan's allowances cover it.")
    elif money(least) == money(coverage.cost):
        costs = gettext("It costs about %(amount)s.", amount=money(coverage.cost))
    else:
        costs = gettext(
            "It costs about %(least)s to %(most)s.", least=money(least), most=money(coverage.cost)
        )
    if coverage.missing:
        has = gettext("You need %(amount)s more.", amount=money(coverage.missing))
    else:
        has = gettext("You have %(amount)s.", amount=money(coverage.credit.usable))
    return f"{costs} {has}"
