"""Where every page is: the addresses at which one organization sees the URL map's pages (`dev.page_map`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import Select

from app.extensions import db
from app.models import (
    AlertChannel,
    ChannelKind,
    CreditLot,
    Envelope,
    LimitRequest,
    Membership,
    Organization,
    Passkey,
    PaymentMethod,
    PlanSwitch,
    SavedView,
    SpendingLimit,
    TopUp,
    UsageEvent,
    User,
    WalletLine,
)
from dev.page_map import SIGNED_OUT, pages

QUERIES: dict[str, tuple[str, ...]] = {
    "alerts.new_channel": ("kind=email", "kind=slack"),
    "search.show": ("q=a", "q=nothing+like+it"),
    "wallet.check_campaign": (
        "",
        "calls=400&answered=70&shortest=1&longest=2&meter=calls_outbound",
        "calls=x&answered=0&shortest=9&longest=1",
    ),
    "wallet.show": (
        "",
        "kind=usage&from=2026-11-02&to=2026-11-01",
        "campaign=Recall+patients&direction=outbound&country=us",
    ),
    "wallet.show_usage_calls": ("", "agent=Ava&group=calling"),
    "invoices.show": ("", "year=2026&status=paid"),
    "activity.show": ("", "person=someone"),
}
"""Queries with which a page looks otherwise."""

NEEDED = {"wallet.show_call": frozenset({"call"})}
"""What a page's query has to name."""


@dataclass(frozen=True, slots=True)
class Address:
    """A page, by its rule, and where one organization sees it."""

    name: str
    path: str


def addresses(app: Flask, organization: Organization, person: User) -> Iterator[Address]:
    """Where this person of an organization sees each page that there is in its state."""
    values = _values(organization, person)
    for rule in pages(app):
        asked = NEEDED.get(rule.endpoint, frozenset())
        if rule.endpoint in SIGNED_OUT or (rule.arguments | asked) - set(values):
            continue
        path = app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments | asked}
        )
        for query in QUERIES.get(rule.endpoint, ("",)):
            yield Address(rule.endpoint, f"{path}?{query}" if query else path)


def _values(organization: Organization, person: User) -> Mapping[str, Any]:
    """What the rules' arguments can be here, by their names."""
    org_id = organization.id
    found = {
        "top_up_id": _newest(db.select(TopUp.id).filter_by(org_id=org_id).order_by(TopUp.id.desc())),
        "switch_id": _newest(
            db.select(PlanSwitch.id).filter_by(org_id=org_id).order_by(PlanSwitch.id.desc())
        ),
        "lot_id": _newest(db.select(CreditLot.id).filter_by(org_id=org_id).order_by(CreditLot.seq.desc())),
        "card_id": _newest(db.select(PaymentMethod.id).filter_by(org_id=org_id, is_default=True)),
        "line_id": _newest(
            db.select(WalletLine.id).filter_by(org_id=org_id, kind="usage").order_by(WalletLine.id.desc())
        ),
        "call": _newest(
            db.select(UsageEvent.call).filter_by(org_id=org_id).where(UsageEvent.call.is_not(None))
        ),
        "user_id": _newest(
            db.select(Membership.user_id).filter_by(org_id=org_id).where(Membership.user_id != person.id)
        ),
        "envelope_id": _newest(db.select(Envelope.id).filter_by(org_id=org_id).order_by(Envelope.id.desc())),
        "limit_id": _newest(db.select(SpendingLimit.id).filter_by(org_id=org_id)),
        "request_id": _newest(db.select(LimitRequest.id).filter_by(org_id=org_id)),
        "channel_id": _newest(
            db.select(AlertChannel.id)
            .filter_by(org_id=org_id)
            .where(AlertChannel.kind.not_in(("recipients", "sms")))
        ),
        "phone_id": _newest(
            db.select(AlertChannel.id).filter_by(org_id=org_id, kind=ChannelKind.SMS, confirmed_at=None)
        ),
        "view_id": _newest(db.select(SavedView.id).filter_by(org_id=org_id, user_id=person.id)),
        "passkey_id": _newest(db.select(Passkey.id).filter_by(user_id=person.id)),
        "month": f"{date.today():%Y-%m}",
    }
    return {name: value for name, value in found.items() if value is not None}


def _newest(query: Select[Any]) -> Any:
    return db.session.scalar(query.limit(1))
