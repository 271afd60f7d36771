"""What comes next: the calendar of charges and changes."""

from app.pages.coming_up.routes import blueprint

__all__ = ["blueprint"]
