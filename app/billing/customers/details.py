"""Who is billed: checked, kept, told to Stripe, and written on documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from uuid import UUID

from babel import Locale
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Actor
from app.billing.customers import tax_ids
from app.billing.customers.tax_ids import TaxIdError
from app.billing.mail.recipients import each_once, recipients_of
from app.billing.statements import headers
from app.billing.statements.headers import StatementHeader
from app.billing.wallet import ledger
from app.extensions import db, enqueue
from app.models import BillingDetails, Organization
from app.months import Month
from app.payments import customers
from app.payments.customers import StripeDetails
from app.transaction import end_reading, transaction

LONGEST = {
    "legal_name": 150,
    "line1": 200,
    "line2": 200,
    "city": 100,
    "region": 100,
    "postal_code": 20,
    "purchase_order": 140,
}
"""Characters; the purchase order number goes into a custom field of Stripe's
(https://docs.stripe.com/api/customers/create#create_customer-invoice_settings-custom_fields)."""
MOST_RECIPIENTS = 20
_TIMES = 5
"""How often details are told that change again meanwhile, before a new job continues."""
_TOWN_FIRST = frozenset({"US", "CA", "AU", "NZ", "GB", "IE", "IN"})
"""Where the postal code stands behind the town."""
_COUNTRIES = {
    code: name
    for code, name in Locale("en").territories.items()
    if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
}


@dataclass(frozen=True, slots=True)
class Details:
    """Who is billed, and who gets mail about money; empty where it is left out."""

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
    """Something can't be kept as it is: by field, what to do about it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(str(problems))
        self.problems = problems


class ChangedMeanwhileError(Exception):
    """Someone saved other details since these were shown."""


def countries() -> list[tuple[str, str]]:
    """Code and English name of each country, by name."""
    return sorted(_COUNTRIES.items(), key=lambda one: one[1])


def gather(organization: Organization) -> tuple[Details, int]:
    """The details, and their version for `save`."""
    row = _row(organization.id)
    if row is None:
        return Details(emails=tuple(organization.billing_emails)), 0
    kept = {one.name: getattr(row, one.name) for one in fields(Details) if one.name != "emails"}
    return Details(**kept, emails=tuple(organization.billing_emails)), row.version


def save(organization: Organization, wanted: Details, version: int, actor: Actor) -> None:
    """Keep details that were entered over those of `version`; a job tells Stripe. In the caller's
    transaction.

    Raises `DetailsError` with everything that is wrong, and `ChangedMeanwhileError`.
    """
    checked = _checked(wanted)
    _hold(organization)
    row = _row(organization.id)
    if (row.version if row else 0) != version:
        raise ChangedMeanwhileError
    snapshot_on_statements(organization)
    if row is None:
        row = BillingDetails(org_id=organization.id, version=0)
        db.session.add(row)
    before = gather(organization)[0] if row.version else Details()
    for name, value in asdict(checked).items():
        if name != "emails":
            setattr(row, name, value)
    row.version += 1
    organization.billing_emails = list(checked.emails)
    changed = sorted(name for name, value in asdict(checked).items() if asdict(before)[name] != value)
    audit.record(organization.id, actor, "billing_details.changed", str(organization.id), fields=changed)
    enqueue_sync(organization.id)
    db.session.flush()


def set_recipients(organization: Organization, emails: Sequence[str]) -> None:
    """Let these addresses get mail about money, and no others. In the caller's transaction."""
    _hold(organization)
    if list(emails) != organization.billing_emails:
        organization.billing_emails = list(emails)
        _outdate(organization)


def forget_recipient(organization: Organization, email: str) -> None:
    """Let someone who lost the role get no more mail about money. In the caller's transaction.

    Where only owners get it, Stripe's customer may still have their address: a job tells Stripe in any case.
    """
    _hold(organization)
    left = [one for one in organization.billing_emails if one.lower() != email.lower()]
    if left != organization.billing_emails or organization.stripe_customer_id is not None:
        organization.billing_emails = left
        _outdate(organization)


def _hold(organization: Organization) -> None:
    """Lock the organization, then its wallet: in this order wherever its recipients change."""
    db.session.flush()
    db.session.refresh(organization, with_for_update={"key_share": True})
    ledger.lock(organization.id)


def _outdate(organization: Organization) -> None:
    """Count a change, so that a form that was opened before it can't bring the old recipients back; tell
    Stripe."""
    row = _row(organization.id)
    if row is None:
        row = BillingDetails(org_id=organization.id, version=0)
        db.session.add(row)
    row.version += 1
    db.session.flush()
    enqueue_sync(organization.id)


def enqueue_sync(org_id: UUID) -> None:
    """Let a job tell Stripe, in the caller's transaction."""
    enqueue("tell_billing_details", org_id=str(org_id))


def sync_to_stripe(org_id: UUID) -> None:
    """Let Stripe's customer have the details that we have now. Commits. Raises what `app.payments` raises.

    No lock is held meanwhile: anyone who has told Stripe looks whether the details are others by now, so that
    the last one to tell it tells those that we have.
    """
    told: tuple[str, StripeDetails, int] | None = None
    for _ in range(_TIMES):
        now = _for_stripe(org_id)
        if now is None or now == told:
            return
        customer_id, details, version = now
        customers.describe(customer_id, details, key=f"{org_id}:{version}")
        told = now
    with transaction():
        enqueue_sync(org_id)


def _for_stripe(org_id: UUID) -> tuple[str, StripeDetails, int] | None:
    """The customer, what Stripe is to know of it, and of which version that is; read afresh.

    No transaction is open afterward. None where there is no customer, or nothing was ever saved.
    """
    db.session.expire_all()
    organization = db.session.get_one(Organization, org_id)
    details, version = gather(organization)
    recipients = recipients_of(organization)
    customer_id = organization.stripe_customer_id
    end_reading()
    if customer_id is None or not version:
        return None
    return (
        customer_id,
        StripeDetails(
            name=details.legal_name or organization.name,
            email=recipients[0] if recipients else None,
            address={
                "line1": details.line1,
                "line2": details.line2,
                "city": details.city,
                "state": details.region,
                "postal_code": details.postal_code,
                "country": details.country,
            },
            tax_id=(details.tax_kind, details.tax_id) if details.tax_id else None,
            purchase_order=details.purchase_order or None,
        ),
        version,
    )


def on_documents(organization: Organization) -> list[str]:
    """Who is billed as documents say it, a line each: the organization's name where nothing else is known."""
    details, _ = gather(organization)
    name = details.legal_name or organization.name
    lines = [name, details.line1, details.line2, *_town(details), _COUNTRIES.get(details.country, "")]
    if details.tax_id:
        lines.append(f"Tax ID: {details.tax_id}")
    if details.purchase_order:
        lines.append(f"Purchase order: {details.purchase_order}")
    return [line for line in lines if line]


def on_statement(organization: Organization, month: Month) -> StatementHeader:
    """What the wallet's statement of a month says of the organization."""
    return headers.find_snapshot(organization, month) or _head_now(organization)


def snapshot_on_statements(organization: Organization) -> None:
    """Let the statements of months that are over stay as they are; before a change of name, zone or
    details."""
    headers.snapshot(organization, _head_now(organization))


def _head_now(organization: Organization) -> StatementHeader:
    return StatementHeader(organization.name, organization.timezone, tuple(on_documents(organization)))


def _town(details: Details) -> list[str]:
    if details.country in _TOWN_FIRST:
        place = ", ".join(part for part in (details.city, details.region) if part)
        return [f"{place} {details.postal_code}".strip()]
    return [f"{details.postal_code} {details.city}".strip(), details.region]


def _row(org_id: UUID) -> BillingDetails | None:
    return db.session.scalar(
        select(BillingDetails).where(BillingDetails.org_id == org_id),
        execution_options={"populate_existing": True},
    )


def _checked(wanted: Details) -> Details:
    """The same, tidied up. Raises `DetailsError`."""
    values = {name: " ".join(value.split()) for name, value in asdict(wanted).items() if name != "emails"}
    problems: dict[str, str] = {}
    for name, most in LONGEST.items():
        if len(values[name]) > most:
            problems[name] = f"Use at most {most} characters."
    _check_address(values, problems)
    _check_tax_id(values, problems)
    emails = _checked_emails(wanted.emails, problems)
    if problems:
        raise DetailsError(problems)
    return Details(**values, emails=emails)


def _check_address(values: dict[str, str], problems: dict[str, str]) -> None:
    if values["country"] and values["country"] not in _COUNTRIES:
        problems["country"] = "Choose a country from the list."
    if any(values[name] for name in ("line1", "line2", "city", "region", "postal_code", "country")):
        for name, words in (
            ("line1", "Enter address line 1, or clear the whole address."),
            ("city", "Enter the city, or clear the whole address."),
            ("country", "Choose the country, or clear the whole address."),
        ):
            if not values[name]:
                problems.setdefault(name, words)


def _check_tax_id(values: dict[str, str], problems: dict[str, str]) -> None:
    kind = tax_ids.KINDS.get(values["tax_kind"])
    if not values["tax_id"]:
        values["tax_kind"] = ""
    elif kind is None:
        problems["tax_kind"] = "Choose the tax ID type."
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
            problems["emails"] = f"{email} isn't an email address. Enter one address per line."
    kept = each_once(found)
    if len(kept) > MOST_RECIPIENTS:
        problems["emails"] = (
            f"Enter at most {MOST_RECIPIENTS} addresses. Use a mailing list to reach more people."
        )
    return tuple(kept)
