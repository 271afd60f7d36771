"""What a browser knows of a page: its forms with what stands in them, its links, and what its scripts are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass(slots=True)
class Form:
    """A form as it would be sent without anything being changed. `choices` are the values that a field offers."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.action).path


class PageParser(HTMLParser):
    """Reads forms, links and `data-client-secret`. Fields that stand outside of their form name it (`form="…"`)."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.client_secret: str | None = None
        self._address = address
        self._form: Form | None = None
        self._select: tuple[str, bool] | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.client_secret = given.get("data-client-secret") or self.client_secret
        if tag == "form":
            self._form = Form(given.get("action") or self._address, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._form, given.get("name", "")
        assert form is not None
        if tag == "option" and self._select is not None:
            name, has_chosen = self._select
            value = given.get("value", "")
            form.choices.setdefault(name, []).append(value)
            if "selected" in given or not has_chosen:
                form.fields[name] = value
                self._select = (name, True)
        elif not name or "disabled" in given:
            return
        elif tag == "select":
            self._select = (name, False)
        elif tag == "textarea":
            self._area = name
            form.fields[name] = ""
        elif tag == "input":
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        value, kind = given.get("value", ""), given.get("type", "text")
        if kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(value or "on")
            if "checked" in given:
                form.fields[name] = value or "on"
        elif kind not in {"submit", "button"}:
            form.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._form is not None:
            self._form.fields[self._area] += data
