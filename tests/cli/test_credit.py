"""Operators grant credit, and see what is left."""

from __future__ import annotations

from flask import Flask

from app.billing.wallet import ledger
from tests.factories import an_organization, usd

OFFER = ("--kind", "promotional", "--expires", "2040-01-31", "--note", "Launch offer")


def run(app: Flask, *arguments: str) -> str:
    return app.test_cli_runner().invoke(args=["credit", *arguments]).output


def test_credit_is_granted_once_and_shown(app: Flask) -> None:
    organization = an_organization("Harbor Dental")
    assert "No credit is left." in run(app, "show", organization.slug)
    assert "$25.00 of promotional credit granted" in run(app, "grant", organization.slug, "25", *OFFER)
    assert "nothing changed" in run(app, "grant", organization.slug, "25", *OFFER)
    assert "granted" in run(app, "grant", organization.slug, "25", *OFFER, "--key", "again")
    said = run(app, "show", organization.slug)
    assert said.count("Launch offer") == 2
    assert "after 2040-01-31" in said
    assert ledger.lock(organization.id).posted == usd("50")


def test_what_is_wrong_is_said(app: Flask) -> None:
    slug = an_organization("Harbor Dental").slug
    assert "expired already" in run(
        app, "grant", slug, "25", "--kind", "promotional", "--expires", "2020-01-31", "--note", "x"
    )
    assert "in digits" in run(app, "grant", slug, "1e9", *OFFER)
    assert "no organization" in run(app, "grant", "nowhere", "25", *OFFER).lower()
    assert "no organization" in run(app, "show", "nowhere").lower()
    assert "beyond" in run(app, "grant", slug, "2000000000", *OFFER)
