"""Where the pages of the operators' console are that are about one organization, or about none."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from app.extensions import db
from app.models import Mail, Organization, PlatformMessage
from app.operators.timeline_parts import Part
from dev.page_map import CONSOLE_SIGNED_OUT, console_pages
from tests.support.addresses import Address

QUERIES: dict[str, tuple[str, ...]] = {
    "operator.find": ("", "q=a", "q=nothing+like+it"),
    "operator.show": ("", *(f"part={part}" for part in Part)),
    "operator.show_events": ("", "event=evt_none"),
    "operator.show_findings": ("", "object=pi_none"),
}
"""Queries with which a page looks otherwise."""
AFTER_A_FORM = {"operator.review_credit"}
"""Pages that a form leads to."""


def console_addresses(app: Flask, organization: Organization) -> Iterator[Address]:
    """Where an operator sees each page of the console that there is in the organization's state."""
    values = {"org_id": organization.id}
    for name, table in (("mail_id", Mail), ("message_id", PlatformMessage)):
        found = db.session.scalar(db.select(table.id).filter_by(org_id=organization.id).limit(1))
        if found is not None:
            values[name] = found
    for rule in console_pages(app):
        if rule.endpoint in CONSOLE_SIGNED_OUT | AFTER_A_FORM or rule.arguments - set(values):
            continue
        path = app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )
        for query in QUERIES.get(rule.endpoint, ("",)):
            yield Address(rule.endpoint, f"{path}?{query}" if query else path)
