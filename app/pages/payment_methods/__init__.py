"""The cards an organization pays with."""

from app.pages.payment_methods import adding, changing
from app.pages.payment_methods.routes import blueprint

__all__ = ["adding", "blueprint", "changing"]
