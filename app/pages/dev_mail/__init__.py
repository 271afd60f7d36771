"""The mails of the demo, to look at. Not there in production."""

from app.pages.dev_mail.routes import blueprint

__all__ = ["blueprint"]
