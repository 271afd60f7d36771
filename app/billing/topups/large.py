"""Large top-ups: those before which a person confirms that it's them."""

from __future__ import annotations

from app.billing import catalog
from app.billing.topups import daily_limits
from app.billing.topups.queries import PAYABLE
from app.models import TopUp


class UnconfirmedError(Exception):
    """The person has to confirm that it's them before this top-up is paid. Nothing was charged."""


def is_large(top_up: TopUp) -> bool:
    """Whether paying it now would make more than a usual amount within 24 hours, together with all others.

    Many small ones count as the large one that they add up to. One that can't be paid any more isn't.
    """
    used = daily_limits.gather(top_up.org_id).used
    return top_up.status in PAYABLE and used + top_up.amount > catalog.current().top_up.large
