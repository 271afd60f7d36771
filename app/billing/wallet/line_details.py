"""What a line of the wallet says beside its kind: stored in English, and shown in the language of who reads it.

Most details are sentences of a known set, or names of cards. Notes that operators wrote stay as they are.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from app.language import gettext, locale, marked, translated
from app.language.formats import date_text
from app.models import PaymentMethod, card_name

PAYMENT_UPHELD = marked("Payment upheld: credit restored")
DECIDED_FOR_CARDHOLDER = marked("Bank decided for the cardholder")
DISPUTED = marked("Cardholder disputed the payment")
REFUND_FAILED = marked("Refund failed: credit restored")
REFUND_CANCELED = marked("Refund canceled: credit restored")

_DAY = "%b %d, %Y"
_CARD = re.compile(r".+ ending in [0-9]{4}", re.ASCII)
_REFUNDED = re.compile(r"Refunded to (?P<card>.+)")
_CORRECTED = re.compile(
    r"(?P<meter>.+) on (?P<day>[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4})(?:, call (?P<call>.+))?, corrected",
    re.ASCII,
)


def of_refund(card: PaymentMethod) -> str:
    """To which card a refund went."""
    return f"Refunded to {card.label}"


def of_correction(meter: str, day: date, call: str | None) -> str:
    """Which usage was corrected: of a meter, by its English name, on a day, by a call if it is known."""
    about = f", call {call}" if call else ""
    return f"{meter} on {_written(day)}{about}, corrected"


@lru_cache(maxsize=64)
def _written(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def to_read(detail: str) -> str:
    """The detail of a line in the reader's language."""
    if found := _REFUNDED.fullmatch(detail):
        return gettext("Refunded to %(card)s", card=card_name(found["card"]))
    if _CARD.fullmatch(detail):
        return card_name(detail)
    if (found := _CORRECTED.fullmatch(detail)) and (day := _read_day(found["day"])):
        meter, when = translated(found["meter"]), date_text(day, "medium", locale())
        if found["call"]:
            return gettext(
                "%(meter)s on %(day)s, call %(call)s, corrected", meter=meter, day=when, call=found["call"]
            )
        return gettext("%(meter)s on %(day)s, corrected", meter=meter, day=when)
    return translated(detail)


def _read_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, _DAY).date()  # noqa: DTZ007
    except ValueError:
        return None
