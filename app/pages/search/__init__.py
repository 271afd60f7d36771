"""The search: pages, actions, calls, campaigns, top-ups and invoices, on a page and in the palette."""

from app.pages.search.routes import blueprint

__all__ = ["blueprint"]
