"""Invoices and their documents, and the wallet's statements."""

from app.pages.invoices import statements
from app.pages.invoices.routes import blueprint

__all__ = ["blueprint", "statements"]
