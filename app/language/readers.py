"""Whose language it is: the one that is being written to, else the viewer of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from app.language.locales import DEFAULT

_written_to: ContextVar[str | None] = ContextVar("written_to", default=None)


@dataclass(slots=True)
class Reader:
    """`ask` says the locale of the person who looks at a page; None where there is no viewer. Pages set it."""

    ask: Callable[[], str | None]


reader = Reader(lambda: None)


def locale() -> str:
    """The locale of texts that are written now: `en_US` for programs, operators and logs."""
    return _written_to.get() or reader.ask() or DEFAULT


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Write in this locale, regardless of who is looking: an email in its recipient's."""
    before = _written_to.set(locale)
    try:
        yield
    finally:
        _written_to.reset(before)
