"""Whether a larger plan would make a campaign cheaper, its higher price included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing import catalog
from app.billing.catalog import Plan
from app.billing.plans import terms as plan_terms
from app.billing.usage import campaign_estimates
from app.billing.usage.campaign_estimates import Estimate
from app.models import Organization
from app.money import Money


@dataclass(frozen=True, slots=True)
class CheaperPlan:
    """A plan on which the campaign would cost `cost` at most, and one month with it `saves` in all."""

    plan: Plan
    cost: Money
    saves: Money


def find(organization: Organization, estimate: Estimate, *, at: datetime) -> CheaperPlan | None:
    """The larger plan that saves most with this campaign in its first month; None if none saves anything."""
    current = plan_terms.get_terms(organization).plan_at(at)
    campaign = estimate.campaign
    found = []
    for plan in catalog.current().plans.values():
        if plan.price <= current.price or campaign.meter not in plan.rates:
            continue
        cost = campaign_estimates.most_on(organization, campaign, plan, at=at)
        found.append(CheaperPlan(plan, cost, estimate.most - cost - (plan.price - current.price)))
    best = max(found, key=lambda one: one.saves.micro, default=None)
    return best if best is not None and best.saves.micro > 0 else None
