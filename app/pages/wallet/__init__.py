"""The wallet: top up, the history, and the details of its lines and calls."""

from app.pages.wallet import calls, campaign_check, daily_limit, history, overdue_calls, saved_views, top_ups
from app.pages.wallet.routes import blueprint

__all__ = [
    "blueprint",
    "calls",
    "campaign_check",
    "daily_limit",
    "history",
    "overdue_calls",
    "saved_views",
    "top_ups",
]
