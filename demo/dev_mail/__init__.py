"""The emails of the demo, to look at. Not there in production."""

from demo.dev_mail.routes import blueprint

__all__ = ["blueprint"]
