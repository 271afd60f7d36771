"""Builds the destinations of calls from `catalog.toml`, and checks them."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from app.billing.catalog.destinations import UNKNOWN, Destination, DestinationClass, Destinations
from app.billing.catalog.source import Source
from app.money import Money

_PREFIX = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_]{2,39}", re.ASCII)


class _ClassText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    hourly: str | None = None
    opened_by_owner: bool = False


class _CountryText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    prefixes: list[str]
    class_: str
    meter: str | None = None


class _RangeText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_": "class"}):
    label: str
    prefixes: list[str]
    class_: str
    meter: str | None = None


class DestinationsText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Destinations, as written; versions up to 2026-12.3 have none."""

    otherwise: str = ""
    meter: str = ""
    classes: dict[str, _ClassText] = {}
    countries: dict[str, _CountryText] = {}
    ranges: dict[str, _RangeText] = {}


class DestinationBuilder:
    """Builds destinations from the file, and checks them."""

    def __init__(
        self, source: Source, text: DestinationsText, meters: set[str], money: Callable[[str, str], Money]
    ) -> None:
        self._source, self._text, self._meters, self._money = source, text, meters, money

    def build(self) -> Destinations:
        """Raises `CatalogError` with the line of what is wrong."""
        text = self._text
        if not text.classes:
            if text.countries or text.ranges:
                self._source.refuse("destinations", "name the classes of risk: [destinations.classes.…].")
            return Destinations()
        unknown = self._destination(
            UNKNOWN, _RangeText("Unknown numbers", [], text.otherwise), "destinations.otherwise"
        )
        known = {}
        for key, country in text.countries.items():
            where = f"destinations.countries.{key}"
            if not _COUNTRY.fullmatch(key):
                self._source.refuse(where, "use a country's two letters, like US (ISO 3166-1).")
            as_range = _RangeText("", country.prefixes, country.class_, country.meter)
            known[key] = self._destination(key, as_range, where)
        for key, one in text.ranges.items():
            where = f"destinations.ranges.{key}"
            if not _KEY.fullmatch(key) or key == UNKNOWN:
                self._source.refuse(where, "use three or more small letters, digits and underscores.")
            known[key] = self._destination(key, one, where)
        return Destinations(self._classes(), known, unknown, self._by_prefix(known))

    def _classes(self) -> dict[str, DestinationClass]:
        found = {}
        for key, one in self._text.classes.items():
            where = f"destinations.classes.{key}"
            if not _KEY.fullmatch(key):
                self._source.refuse(where, "use three or more small letters, digits and underscores.")
            hourly = None if one.hourly is None else self._money(one.hourly, f"{where}.hourly")
            found[key] = DestinationClass(key, one.label, hourly, one.opened_by_owner)
        return found

    def _destination(self, key: str, text: _RangeText, where: str) -> Destination:
        if text.class_ not in self._text.classes:
            known = ", ".join(self._text.classes)
            self._source.refuse(where, f"there is no class {text.class_!r}. There are: {known}.")
        priced_by = text.meter or self._text.meter
        if priced_by not in self._meters:
            self._source.refuse(where, f"there is no meter {priced_by!r}.")
        for prefix in text.prefixes:
            if not _PREFIX.fullmatch(prefix):
                self._source.refuse(where, f"{prefix!r} is no prefix: use digits, without + or 00.")
        return Destination(key, text.label, tuple(text.prefixes), text.class_, priced_by)

    def _by_prefix(self, known: dict[str, Destination]) -> dict[str, Destination]:
        found: dict[str, Destination] = {}
        for destination in known.values():
            for prefix in destination.prefixes:
                other = found.setdefault(prefix, destination)
                if other is not destination:
                    room = "ranges" if destination.label else "countries"
                    self._source.refuse(
                        f"destinations.{room}.{destination.key}",
                        f"{prefix!r} is a prefix of {other.key!r}, too.",
                    )
        return found
