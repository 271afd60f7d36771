"""What bank statements show for a charge, after the prefix of the Stripe account: `VPORTAL* TOP-UP`.

Stripe's rules: the whole has 22 characters at most, the prefix 2 to 10, and `*` and a space between them count; a
letter in either part, Latin characters only, none of `< > \\ ' " *`
(https://docs.stripe.com/get-started/account/statement-descriptors). So ten characters fit after every prefix.
"""

from __future__ import annotations

import re

LONGEST = 10
TOP_UP = "TOP-UP"
"""The descriptor of top-ups unless the catalog sets one."""
PLAN = "PLAN"
"""The descriptor of plan charges unless the catalog sets one: the same for all plans, because it isn't documented
which plan's product Stripe takes it from when a subscription changes."""
_ALLOWED = re.compile(r"[ -~]+", re.ASCII)
_FORBIDDEN = re.compile(r"[<>\\'\"*]")


def problem_of(text: str) -> str | None:
    """What is wrong with a text, and what to do; None if Stripe accepts it after any prefix."""
    if not text.strip() or text != text.strip() or not _ALLOWED.fullmatch(text):
        return f"{text!r}: use Latin letters, digits and spaces between them."
    if _FORBIDDEN.search(text):
        return f"{text!r}: leave out < > \\ ' \" and *, which Stripe doesn't accept."
    if not re.search("[A-Za-z]", text):
        return f"{text!r}: at least one letter is needed."
    if len(text) > LONGEST:
        return (
            f"{text!r} has {len(text)} characters. Use {LONGEST} at most, so that every prefix leaves room "
            "for it."
        )
    return None
