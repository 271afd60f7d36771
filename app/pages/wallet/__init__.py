"""The wallet: top up, and the history."""

from app.pages.wallet import history, top_ups
from app.pages.wallet.routes import blueprint

__all__ = ["blueprint", "history", "top_ups"]
