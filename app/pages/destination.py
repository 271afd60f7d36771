"""A page that people go to by name."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from app.language import translated
from app.web.links import url_of_page


@dataclass(frozen=True, slots=True)
class Destination:
    """A page, or a part of one at `anchor`.

    `action` is the name under which a person's own keys are stored, so it never changes. `keys` are the usual ones:
    one, or two to be pressed one after the other. `title` is in English, `name` for readers; the words that it is
    found by besides are in `app.pages.synonyms`. `extra` is a key that works besides, with Ctrl or ⌘.
    """

    action: str
    endpoint: str
    title: str
    keys: str = ""
    anchor: str | None = None
    extra: str = ""
    is_tab: bool = False

    @property
    def name(self) -> str:
        """Its `title`, in the reader's language."""
        return translated(self.title)

    @property
    def blueprint(self) -> str:
        return self.endpoint.partition(".")[0]

    @property
    def url(self) -> str:
        """Its address, for the organization in view."""
        invoices_url: str | None = current_app.config["SETTINGS"].invoices_url
        if self.endpoint == "invoices.show" and self.is_tab and invoices_url:
            return invoices_url
        return url_of_page(self.endpoint, _anchor=self.anchor)

    def has(self, path: str) -> bool:
        """Whether a page lies below this one, as spending limits do below the wallet. All lie below the overview."""
        return self.endpoint != "overview.show" and path.startswith(f"{url_for(self.endpoint)}/")
