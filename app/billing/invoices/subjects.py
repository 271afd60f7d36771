"""What an invoice is for: its plan, out of the line that Stripe writes about it.

Stripe describes a period like "1 x Growth (at $99.00 / month)", with a multiplication sign, and the rest of one like
"Remaining time on Scale after 30 Nov 2026" (unverified: these texts are in no reference of Stripe's). Whatever else
it says, or an operator wrote, stays.
"""

from __future__ import annotations

import re

from app.language import gettext, translated

_PERIOD = re.compile(r"(?P<count>\d+) \u00d7 (?P<plan>.+?)(?: \(at .+ / (?:day|week|month|year)\))?")
_REST = re.compile(r"Remaining time on (?:(?P<count>\d+) \u00d7 )?(?P<plan>.+) after .+")


def subject_of(description: str) -> str:
    """The plan by its name in the reader's language, with how many times it is paid if that is more than once."""
    found = _PERIOD.fullmatch(description) or _REST.fullmatch(description)
    if found is None:
        return translated(description)
    plan, count = translated(found["plan"]), found["count"] or "1"
    return plan if count == "1" else gettext("%(count)s \u00d7 %(plan)s", count=count, plan=plan)
