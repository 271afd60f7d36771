"""The tasks, a module for each page. `TASKS` lists all of them."""

from tests.browser.keyboard.task import TASKS
from tests.browser.keyboard.tasks import (
    account,
    alerts,
    brake,
    cards,
    console,
    documents,
    factors,
    limits,
    plan,
    search,
    set_aside,
    sign_in,
    wallet,
)

__all__ = [
    "TASKS",
    "account",
    "alerts",
    "brake",
    "cards",
    "console",
    "documents",
    "factors",
    "limits",
    "plan",
    "search",
    "set_aside",
    "sign_in",
    "wallet",
]
