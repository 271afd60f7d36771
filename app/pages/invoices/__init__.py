"""Invoices and their documents."""

from app.pages.invoices.routes import blueprint

__all__ = ["blueprint"]
