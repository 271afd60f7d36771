"""Plans with custom arrangements made in Stripe's dashboard, and what pages may promise about them."""

from __future__ import annotations

from app.billing.catalog import CatalogError, versions
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.models import Organization, Subscription
from app.payments.oddities import Odd, Oddity
from app.payments.subscription_facts import Chosen, StripeSubscription

_ARRANGED = frozenset({Oddity.PRICE, Oddity.CURRENCY, Oddity.ITEMS, Oddity.SCHEDULE})
"""Only support can say what is charged, and when."""

_FREE_OF_CHARGE = frozenset({Oddity.PAUSED, Oddity.NOT_COLLECTED})
_CHARGES_NO_CARD = _FREE_OF_CHARGE | {Oddity.INVOICED}
_NOT_CHANGED_HERE = _ARRANGED | _CHARGES_NO_CARD | {Oddity.TRIAL}


class ArrangedError(ChangeRefusedError):
    """The plan has a custom arrangement in Stripe's dashboard, so a switch can't promise anything."""

    refusal = Refusal.ARRANGED


def find_arrangements(organization: Organization, found: StripeSubscription) -> tuple[Odd, ...]:
    """The custom arrangements of an organization's subscription."""
    odd = list(found.odd)
    if found.currency != organization.currency:
        words = f"it is charged in {found.currency}, but the wallet is in {organization.currency}"
        odd.append(Odd(Oddity.CURRENCY, words))
    if found.chosen is not None and not is_known(found.chosen):
        odd.append(
            Odd(Oddity.PRICE, f"its price {found.price_id} is of {found.chosen.plan}, a plan that is unknown")
        )
    return tuple(odd)


def kinds_of(organization: Organization, found: StripeSubscription) -> list[str]:
    """The kinds of arrangements, as stored with the subscription; none if it has ended."""
    return (
        [] if found.has_ended else sorted({one.kind.value for one in find_arrangements(organization, found)})
    )


def is_known(chosen: Chosen) -> bool:
    """Whether a plan is in the version that it was chosen from, or in the current one."""
    try:
        versions.get_plan(chosen.plan, chosen.version)
    except CatalogError:
        return False
    return True


def check_changeable(row: Subscription | None) -> None:
    """Raises `ArrangedError` if a plan can't be changed here."""
    if row is not None and _NOT_CHANGED_HERE.intersection(row.odd):
        raise ArrangedError


def is_charged_to_card(row: Subscription) -> bool:
    """Whether Stripe automatically charges a card for the next period."""
    return not _CHARGES_NO_CARD.intersection(row.odd)


def what_is_arranged(row: Subscription) -> Oddity | None:
    """What a page shows instead of the renewal's date and amount, if anything."""
    for kinds in ((Oddity.PAUSED,), (Oddity.NOT_COLLECTED,), _ARRANGED, (Oddity.INVOICED,), (Oddity.TRIAL,)):
        found = next((kind for kind in kinds if kind in row.odd), None)
        if found is not None:
            return Oddity.PRICE if found in _ARRANGED else found
    return None
