"""Who is billed: the name, address, tax id and recipients that documents and mails have."""

from app.pages.billing_details.routes import blueprint

__all__ = ["blueprint"]
