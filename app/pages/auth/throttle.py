"""How often a link to choose a password may be asked for: per network, and per account.

A browser that has signed in to the account before has its own counter, so that no stranger uses up the owner's links.
"""

from __future__ import annotations

from datetime import timedelta

from flask import request

from app import networks
from app.web import known_devices, rate_limits

_WINDOW = timedelta(hours=1)
PER_NETWORK = 10
PER_ACCOUNT = 3


def may_ask_for_link(email: str) -> bool:
    """Whether a password link may be emailed now; counts the request, whether or not the account exists."""
    account = f"password-link:account:{known_devices.account_key(email)}"
    device = known_devices.device_of(email)
    if device is not None:
        return rate_limits.take(f"{account}:{device}", PER_ACCOUNT, _WINDOW) is not None
    network = f"password-link:network:{networks.network_of(request.remote_addr)}"
    return (
        rate_limits.take(network, PER_NETWORK, _WINDOW) is not None
        and rate_limits.take(account, PER_ACCOUNT, _WINDOW) is not None
    )
