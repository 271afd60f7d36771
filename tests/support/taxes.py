"""Tax on plans, switched on for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask

from app.payments.tax_settings import TaxSettings


@contextmanager
def taxed(app: Flask, tax: TaxSettings) -> Iterator[None]:
    """While the catalog asks for this."""
    offered = app.extensions["catalog"]
    app.extensions["catalog"] = replace(offered, tax=tax)
    try:
        yield
    finally:
        app.extensions["catalog"] = offered
