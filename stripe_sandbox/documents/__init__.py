"""What Stripe hosts for a merchant's customers: an invoice as a page and as a PDF."""

from __future__ import annotations

from stripe_sandbox.documents import paying
from stripe_sandbox.documents.routes import blueprint

__all__ = ["blueprint", "paying"]
