"""Emails of every kind, and who they are for."""

from __future__ import annotations

from app.notify.composition import Readers
from app.notify.emails import Email
from tests.notify.emails.samples import (
    accounts,
    alerts,
    auto_top_ups,
    envelopes,
    granted_credit,
    limits,
    plans,
    top_ups,
)

READERS = Readers(
    "Harbor Dental", "harbor-dental", "America/New_York", "https://billing.example", "help@portal.example"
)
ABOUT_MONEY: list[Email] = [
    *alerts.ABOUT_MONEY,
    *auto_top_ups.ABOUT_MONEY,
    *envelopes.ABOUT_MONEY,
    *granted_credit.ABOUT_MONEY,
    *limits.ABOUT_MONEY,
    *plans.ABOUT_MONEY,
    *top_ups.ABOUT_MONEY,
]
ABOUT_ACCOUNTS: list[Email] = [
    *accounts.ABOUT_ACCOUNTS,
    *alerts.ABOUT_ACCOUNTS,
]
EMAILS = ABOUT_MONEY + ABOUT_ACCOUNTS
NAMES = [email.kind for email in EMAILS]


def kind_of(email: Email) -> str:
    """By what tests of all emails say their kinds: each is read in every run by the first one of `test_composition.py`."""
    return email.kind
