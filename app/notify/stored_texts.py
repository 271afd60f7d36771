"""What facts of emails say in English, in the reader's language.

Facts are stored once (`app.language.stored`), and have many readers: what a card, a person or a limit is called in
them is read back here. Names that people gave stay as they are.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from app.language import locale, marked, ngettext
from app.language.formats import decimal_text
from app.language.stored import retold

_CARD = marked("%(brand)s ending in %(last4)s")
_TOKEN = marked("API token “%(name)s”")
_CHANNELS = (
    marked("%(number)s (text messages)"),
    marked("%(name)s (webhook)"),
)
_LIMITS = (marked("Campaign %(name)s"), marked("Agent %(name)s"), marked("%(class_)s destinations"))
_DEVICE = marked("%(browser)s on %(system)s")
_COMING = (
    marked("%(plan)s renewal isn't paid yet"),
    marked("%(plan)s renewal"),
    marked("Change to %(plan)s"),
    marked("%(credit)s that isn't used expires"),
)
_RENT = re.compile(r"Rent for (\d+) phone numbers?")
_ANSWERS = (
    marked("No response within %(seconds)s seconds."),
    marked("No connection: %(reason)s"),
    marked("%(status)s: redirects are not followed"),
    marked("%(host)s could not be looked up: the name server does not answer."),
    marked("%(host)s could not be looked up within %(seconds)s seconds."),
    marked("%(host)s can't be found."),
)
_PLACE = re.compile(r"(.+) \((.+)\)")


def card(stored: str) -> str:
    """A card: `Visa ending in 4242`."""
    return retold(stored, _CARD)


def actor(stored: str) -> str:
    """Who did something (`app.billing.audit.display_name`): a person's address stays as it is."""
    return retold(stored, _TOKEN)


def channel(stored: str) -> str:
    """Where alerts go (`app.billing.alerts.naming`)."""
    return retold(stored, *_CHANNELS)


def coming(stored: str) -> str:
    """What is due on a day (`app.billing.alerts.digest_figures`): `Growth renewal`."""
    return retold(stored, *_COMING)


def rent(stored: str) -> str:
    """What is rented by the day (`app.billing.alerts.digest_figures`): `Rent for 3 phone numbers`."""
    found = _RENT.fullmatch(stored)
    if found is None:
        return stored
    count = int(found[1])
    return ngettext(
        "Rent for %(num)s phone number",
        "Rent for %(num)s phone numbers",
        count,
        num=decimal_text(count, locale()),
    )


def limit(stored: str) -> str:
    """Whose spend a limit counts (`app.billing.limits.labels`): `Campaign Spring recall`."""
    return retold(stored, *_LIMITS)


def device(stored: str) -> str:
    """A browser (`app.people.user_agents`): `Chrome on Windows`."""
    return retold(stored, _DEVICE)


def answer(stored: str) -> str:
    """What a receiver of alerts responded last (`app.notify.webhooks`)."""
    return retold(stored, *_ANSWERS)


def place(stored: str) -> str:
    """Where an address is registered (`app.people.places`): `Germany (192.0.2.7)`."""
    found = _PLACE.fullmatch(stored)
    if found is None:
        return stored
    name, address = found.groups()
    code = _codes().get(name)
    return f"{Locale.parse(locale()).territories.get(code, name)} ({address})" if code else stored


@cache
def _codes() -> dict[str, str]:
    return {name: code for code, name in Locale.parse("en").territories.items()}
