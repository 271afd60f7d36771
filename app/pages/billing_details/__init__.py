"""The billing details: name, address, tax ID and email recipients."""

from app.pages.billing_details.routes import blueprint

__all__ = ["blueprint"]
