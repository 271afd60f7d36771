"""Texts that are stored: in English, as they have many readers, and each reads them in their own language."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, ContextDecorator
from functools import cache
from typing import cast

from app.language.locales import DEFAULT
from app.language.messages import translated
from app.language.readers import speaking

_VALUE = re.compile(r"%\((\w+)\)s")


class _Both(AbstractContextManager[None], ContextDecorator):
    """What works around a block, and on a function."""


def for_storage() -> _Both:
    """Write in English what is stored, regardless of who is looking: around a block, or on a function."""
    return cast(_Both, speaking(DEFAULT))


def retold(stored: str, *messages: str) -> str:
    """A stored text in the reader's language: one that is `marked`, or that is one of these messages with its values,
    which are retold themselves. As it is if there is no translation."""
    for message in messages:
        found = _pattern(message).fullmatch(stored)
        if found is not None:
            values = {name: retold(value, *messages) for name, value in found.groupdict().items()}
            return translated(message) % values
    return translated(stored)


@cache
def _pattern(message: str) -> re.Pattern[str]:
    """What reads the values of a message out of its English text."""
    parts = _VALUE.split(message.replace("%%", "%"))
    # Names of values are at the odd places.
    read = (f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile("".join(read), re.DOTALL)
