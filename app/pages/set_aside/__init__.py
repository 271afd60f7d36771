"""Credit set aside: envelopes of campaigns, and the reserve for number rent and inbound calls."""

from app.pages.set_aside import envelope, reserving, routes
from app.pages.set_aside.blueprint import blueprint

__all__ = ["blueprint", "envelope", "reserving", "routes"]
