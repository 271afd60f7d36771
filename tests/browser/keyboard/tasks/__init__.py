"""The tasks, a module for each page. `TASKS` lists all of them."""

from tests.browser.keyboard.task import TASKS
from tests.browser.keyboard.tasks import account, cards, documents, factors, plan, search, sign_in, wallet

__all__ = ["TASKS", "account", "cards", "documents", "factors", "plan", "search", "sign_in", "wallet"]
