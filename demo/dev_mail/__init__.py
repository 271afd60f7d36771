"""A viewer for the demo's emails. Not available in production."""

from demo.dev_mail.routes import blueprint

__all__ = ["blueprint"]
