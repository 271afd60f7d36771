"""Validation of billing details: errors by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from unicodedata import combining, normalize

from babel import Locale
from email_validator import EmailNotValidError, validate_email

from app.billing.customers import tax_ids
from app.billing.customers.tax_ids import TaxIdError
from app.billing.mail.recipients import each_once
from app.language import gettext, locale

LONGEST = {
    "legal_name": 150,
    "line1": 200,
    "line2": 200,
    "city": 100,
    "region": 100,
    "postal_code": 20,
    "purchase_order": 140,
}
"""The maximum lengths in characters; the purchase order number goes into a custom field of Stripe's
(https://docs.stripe.com/api/customers/create#create_customer-invoice_settings-custom_fields)."""
MOST_RECIPIENTS = 20
COUNTRIES = {
    code: name
    for code, name in Locale("en").territories.items()
    if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
}
"""By code, in English."""


@dataclass(frozen=True, slots=True)
class Details:
    """Who is billed, and who gets billing emails; empty if not given."""

    legal_name: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    tax_kind: str = ""
    tax_id: str = ""
    purchase_order: str = ""
    emails: tuple[str, ...] = ()


class DetailsError(ValueError):
    """Details are invalid: by field, what to do about it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(str(problems))
        self.problems = problems


def countries() -> list[tuple[str, str]]:
    """Code and name of each country in the reader's language, in the order of their letters there, as far as a plain
    alphabet tells: letters with marks are with those without."""
    named = ((code, country_name(code)) for code in COUNTRIES)
    return sorted(named, key=lambda one: (_plain(one[1]), one[1]))


def country_name(code: str) -> str:
    """A country's name in the reader's language; empty for none."""
    names: Mapping[str, str] = Locale.parse(locale()).territories
    return (names.get(code) or COUNTRIES[code]) if code in COUNTRIES else ""


def _plain(name: str) -> str:
    return "".join(sign for sign in normalize("NFD", name) if not combining(sign)).casefold()


def check(wanted: Details) -> Details:
    """Normalize and validate details. Raises `DetailsError`."""
    values = {name: " ".join(value.split()) for name, value in asdict(wanted).items() if name != "emails"}
    problems: dict[str, str] = {}
    for name, most in LONGEST.items():
        if len(values[name]) > most:
            problems[name] = gettext("Use at most %(most)s characters.", most=most)
    _check_address(values, problems)
    _check_tax_id(values, problems)
    emails = _checked_emails(wanted.emails, problems)
    if problems:
        raise DetailsError(problems)
    return Details(**values, emails=emails)


def _check_address(values: dict[str, str], problems: dict[str, str]) -> None:
    if values["country"] and values["country"] not in COUNTRIES:
        problems["country"] = gettext("Choose a country from the list.")
    if any(values[name] for name in ("line1", "line2", "city", "region", "postal_code", "country")):
        for name, words in (
            ("line1", gettext("Enter address line 1, or clear the whole address.")),
            ("city", gettext("Enter the city, or clear the whole address.")),
            ("country", gettext("Choose the country, or clear the whole address.")),
        ):
            if not values[name]:
                problems.setdefault(name, words)


def _check_tax_id(values: dict[str, str], problems: dict[str, str]) -> None:
    kind = tax_ids.KINDS.get(values["tax_kind"])
    if not values["tax_id"]:
        values["tax_kind"] = ""
    elif kind is None:
        problems["tax_kind"] = gettext("Choose the tax ID type.")
    else:
        try:
            values["tax_id"] = tax_ids.normal(kind, values["tax_id"])
        except TaxIdError as error:
            problems["tax_id"] = str(error)


def _checked_emails(emails: Sequence[str], problems: dict[str, str]) -> tuple[str, ...]:
    found = []
    for email in emails:
        try:
            found.append(validate_email(email, check_deliverability=False, test_environment=True).normalized)
        except EmailNotValidError:
            problems["emails"] = gettext(
                "%(address)s isn't an email address. Enter one address per line.", address=email
            )
    kept = each_once(found)
    if len(kept) > MOST_RECIPIENTS:
        problems["emails"] = gettext(
            "Enter at most %(most)s addresses. Use a mailing list to reach more people.", most=MOST_RECIPIENTS
        )
    return tuple(kept)
