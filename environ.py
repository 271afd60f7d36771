"""Typed values from the environment, each named where it can't be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import database_addresses

Choice = TypeVar("Choice", bound=str)
T = TypeVar("T")


class SettingsError(Exception):
    """A setting is missing or can't be used; the message names it and says what to do."""


class Environ:
    """Reads typed values from a mapping of strings and names the setting when it can't.

    With a list of `problems` what is wrong is added to it, and something harmless is read instead.
    """

    def __init__(self, environ: Mapping[str, str], problems: list[str] | None = None) -> None:
        self._environ = environ
        self._problems = problems

    def refuse(self, message: str) -> None:
        """Raise `SettingsError`, or note it where problems are collected."""
        if self._problems is None:
            raise SettingsError(message)
        self._problems.append(message)

    def attempt(self, work: Callable[[], T], instead: T) -> T:
        """What `work` returns; `instead` where it raises `SettingsError` and problems are collected."""
        try:
            return work()
        except SettingsError as error:
            self.refuse(str(error))
            return instead

    def text(self, name: str, default: str | None) -> str:
        value = self._environ.get(name, "").strip()
        if value:
            return value
        if default is None:
            self.refuse(f"{name} is not set. Set it in the environment (see .env.example).")
        return default or ""

    def database(self, name: str, default: str | None) -> str:
        """The address of a PostgreSQL, or of several servers, as SQLAlchemy reads it."""
        return database_addresses.readable(self.text(name, default))

    def words(self, name: str, default: str | None) -> tuple[str, ...]:
        return tuple(self.text(name, default).replace(",", " ").split())

    def lines(self, name: str, default: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text(name, default).split("|") if line.strip())

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal():
            self.refuse(f"{name} must be a whole number, not {value!r}.")
            return default
        return int(value)

    def at_least_one(self, name: str, default: int) -> int:
        value = self.number(name, default)
        if not value:
            self.refuse(f"{name} must be 1 or more.")
            return default
        return value

    def ports(self, name: str, default: str) -> tuple[int, ...]:
        found = self.words(name, default)
        for word in found:
            if not (word.isascii() and word.isdecimal() and 0 < int(word) < 65536):
                self.refuse(f"{name} must be numbers from 1 to 65535, not {word!r}.")
                return ()
        return tuple(map(int, found))

    def flag(self, name: str) -> bool:
        return self.text(name, "0").lower() not in {"0", "false", "no", "off"}

    def choice(self, name: str, allowed: tuple[Choice, ...], default: Choice) -> Choice:
        value = self.text(name, default)
        for one in allowed:
            if one == value:
                return one
        self.refuse(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return default
