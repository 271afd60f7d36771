"""Alerts about credit: at which levels, who is told and where; and the page that stops emails of one of them."""

from app.pages.alerts import channel_tests, channels, phones, stopping  # noqa: F401
from app.pages.alerts.routes import blueprint

__all__ = ["blueprint", "stopping"]
