"""What pages show, and what they show on the way: refused forms, dialogs, steps of a payment, what fails meanwhile.

Each page of the URL map is in a scene that names it; `test_scenes.py` compares both. What is looked at as it comes, in
every state of an organization, are the addresses of `tests.support.addresses`.
"""

from tests.browser.every_page.scenes import (
    account,
    alerts,
    auto_top_up,
    calls,
    cards,
    console,
    credit,
    documents,
    errors,
    history,
    limits,
    meanwhile,
    plans,
    search,
    set_aside,
    sign_in,
    top_ups,
)
from tests.browser.every_page.scenes.stage import SCENES, Scene, Stage

__all__ = [
    "SCENES",
    "Scene",
    "Stage",
    "account",
    "alerts",
    "auto_top_up",
    "calls",
    "cards",
    "console",
    "credit",
    "documents",
    "errors",
    "history",
    "limits",
    "meanwhile",
    "plans",
    "search",
    "set_aside",
    "sign_in",
    "top_ups",
]
