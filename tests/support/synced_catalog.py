"""A catalog that an operator edits and syncs with Stripe."""

from __future__ import annotations

from flask import Flask

from config import ROOT
from tests.support.sandbox import Sandbox

FILE = (ROOT / "catalog.toml").read_text()


def run(app: Flask, *options: str) -> str:
    done = app.test_cli_runner().invoke(args=["catalog", "sync", *options])
    assert done.exit_code == 0, done.output
    return str(done.output)


def prices(sandbox: Sandbox) -> dict[str | None, int | None]:
    return {
        price.lookup_key: price.unit_amount for price in sandbox.stripe.v1.prices.list({"active": True}).data
    }
