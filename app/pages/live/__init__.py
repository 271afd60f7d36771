"""What open pages poll to stay current."""

from app.pages.live.routes import blueprint

__all__ = ["blueprint"]
