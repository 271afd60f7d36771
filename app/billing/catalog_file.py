"""Reading and checking `catalog.toml`. Whatever is wrong with it is said with its file, line and key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import msgspec
from flask import Flask

from app.billing.catalog import Catalog, CatalogError, Meter, Plan, Pool, Rate, Tier, TopUpLimits
from app.billing.money import MICRO, Money, MoneyError

_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")
_PRICE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?", re.ASCII)
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


class _TopUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    presets: list[str]
    minimum: str
    maximum: str


class _Wallet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    low_threshold: str


class _Usage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    late_days: int


class _Pool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    meters: list[str]


class _Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rate: str
    up_to: int | None = None


class _Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rate: str | None = None
    tiers: list[_Tier] = []
    minimum: int = 0
    step: int = 1


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    summary: str
    price: str
    interval: str
    limits: dict[str, int]
    allowances: dict[str, int]
    rates: dict[str, str | _Rate]
    features: list[str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    currency: str
    top_up: _TopUp
    wallet: _Wallet
    usage: _Usage
    meters: dict[str, Meter]
    plans: dict[str, _Plan]
    allowances: dict[str, _Pool] = {}


def init_app(app: Flask, path: Path) -> None:
    """Read the catalogue once for the process. Raises `CatalogError`."""
    app.extensions["catalog"] = load(path)


def load(path: Path) -> Catalog:
    """Read and check a catalogue. Raises `CatalogError`."""
    try:
        return parse(path.read_text(encoding="utf-8"), name=str(path))
    except FileNotFoundError:
        raise CatalogError(f"{path}: there is no such file. Set CATALOG_PATH.") from None
    except UnicodeDecodeError:
        raise CatalogError(f"{path}: it is not UTF-8 text.") from None


def parse(text: str, *, name: str) -> Catalog:
    """A catalogue from its text; `name` is what errors call it. Raises `CatalogError`."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{name}: {error}") from error
    except msgspec.ValidationError as error:
        key, problem = _first_problem(tomllib.loads(text), error)
        _Source(name, text).refuse(key, problem, error)
    return _Builder(_Source(name, text), file).build()


def _first_problem(content: dict[str, Any], error: msgspec.ValidationError) -> tuple[str, str]:
    """The key that doesn't fit, and why. Of a table's entries the error doesn't say which one: it is looked for."""
    for section, kind in (("meters", Meter), ("allowances", _Pool), ("plans", _Plan)):
        entries = content.get(section)
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            try:
                msgspec.convert(entry, kind)
            except msgspec.ValidationError as problem:
                where, words = _parts(str(problem))
                return f"{section}.{key}.{where}".rstrip("."), words
    return _parts(str(error))


def _parts(message: str) -> tuple[str, str]:
    found = _PATH.search(message)
    if found is None:
        return "", message
    return found["path"].replace("[...]", "").strip("."), message[: found.start()]


@dataclass(frozen=True, slots=True)
class _Source:
    """The text of a file, to find the line of a key in."""

    name: str
    text: str

    def refuse(self, key: str, problem: str, cause: Exception | None = None) -> NoReturn:
        """Raise the error of a key, with its line where the file has it."""
        line = self._line_of(key)
        where = f"{self.name}:{line}" if line else self.name
        raise CatalogError(f"{where}: {key}: {problem}" if key else f"{where}: {problem}") from cause

    def _line_of(self, key: str) -> int | None:
        """The line of the key itself, or of the nearest table or value that holds it."""
        lines = self._keys()
        parts = key.split(".")
        while parts:
            if ".".join(parts) in lines:
                return lines[".".join(parts)]
            parts.pop()
        return None

    def _keys(self) -> dict[str, int]:
        found: dict[str, int] = {}
        table = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := _TABLE.match(line):
                table = header[1].strip()
                found.setdefault(table, number)
            elif key := _KEY.match(line):
                found.setdefault(f"{table}.{key[1]}" if table else key[1], number)
        return found


class _Builder:
    """From what stands in the file to what it means, checked."""

    def __init__(self, source: _Source, file: _File) -> None:
        self._source = source
        self._file = file
        self._pools = {
            key: Pool(key, pool.label, tuple(pool.meters)) for key, pool in file.allowances.items()
        }

    def build(self) -> Catalog:
        file = self._file
        self._check_names()
        self._check_meters()
        self._check_pools()
        return Catalog(
            version=file.version,
            currency=file.currency,
            top_up=self._top_up(),
            low_threshold=self._money(file.wallet.low_threshold, "wallet.low_threshold"),
            late_days=file.usage.late_days,
            meters=file.meters,
            pools=self._pools,
            plans={key: self._plan(key, plan) for key, plan in file.plans.items()},
            text=self._source.text,
        )

    def _check_names(self) -> None:
        file, refuse = self._file, self._source.refuse
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", file.version):
            refuse("version", "use letters, digits, points and dashes, like 2026-11.")
        if not re.fullmatch(r"[A-Z]{3}", file.currency):
            refuse("currency", f"{file.currency!r} is not a currency. Use its three letters, like USD.")
        if not 1 <= file.usage.late_days <= 366:
            refuse("usage.late_days", "use a number of days from 1 to 366.")
        if not file.plans:
            refuse("plans", "there is no plan.")

    def _check_meters(self) -> None:
        for key, meter in self._file.meters.items():
            if meter.per < 1 or meter.shown_per < 1:
                self._source.refuse(f"meters.{key}", "`per` and `shown_per` are whole numbers of at least 1.")

    def _check_pools(self) -> None:
        taken: dict[str, str] = {}
        for key, pool in self._pools.items():
            where = f"allowances.{key}.meters"
            if not pool.meters:
                self._source.refuse(where, "name the meters that draw on this allowance.")
            for meter in pool.meters:
                if meter not in self._file.meters:
                    self._source.refuse(where, f"there is no meter {meter!r}.")
                if meter in taken:
                    self._source.refuse(where, f"{meter!r} draws on {taken[meter]!r} already.")
                taken[meter] = key
            if len({(self._file.meters[one].unit, self._file.meters[one].group) for one in pool.meters}) > 1:
                self._source.refuse(where, "meters that share an allowance have the same unit and group.")
            if key in self._file.meters:
                self._source.refuse(where, f"there is a meter {key!r}, too. Name the allowance differently.")

    def _top_up(self) -> TopUpLimits:
        asked = self._file.top_up
        limits = TopUpLimits(
            presets=tuple(self._money(text, "top_up.presets") for text in asked.presets),
            minimum=self._money(asked.minimum, "top_up.minimum"),
            maximum=self._money(asked.maximum, "top_up.maximum"),
        )
        if len(limits.presets) < 2:
            self._source.refuse("top_up.presets", "offer two amounts or more.")
        if any(not limits.minimum <= preset <= limits.maximum for preset in limits.presets):
            self._source.refuse("top_up.presets", "each lies between `minimum` and `maximum`.")
        return limits

    def _plan(self, key: str, plan: _Plan) -> Plan:
        where = f"plans.{key}"
        pooled = {meter: pool.key for pool in self._pools.values() for meter in pool.meters}
        for pool, units in plan.allowances.items():
            place = f"{where}.allowances"
            if pool in pooled:
                self._source.refuse(place, f"{pool!r} draws on {pooled[pool]!r}: give that one the units.")
            if pool not in self._pools and pool not in self._file.meters:
                self._source.refuse(place, f"there is no allowance or meter {pool!r}.")
            if units < 0:
                self._source.refuse(place, f"{pool!r} can't be below zero.")
        for meter in plan.rates:
            if meter not in self._file.meters:
                self._source.refuse(f"{where}.rates.{meter}", f"there is no meter {meter!r}.")
        for meter in self._file.meters:
            if meter not in plan.rates:
                self._source.refuse(f"{where}.rates", f"the rate of {meter!r} is missing.")
        if plan.interval not in {"month", "year"}:
            self._source.refuse(f"{where}.interval", "use month or year.")
        return Plan(
            key=key,
            version=self._file.version,
            name=plan.name,
            summary=plan.summary,
            price=self._money(plan.price, f"{where}.price"),
            interval=plan.interval,
            limits=plan.limits,
            allowances=plan.allowances,
            rates={
                meter: self._rate(rate, f"{where}.rates.{meter}", meter) for meter, rate in plan.rates.items()
            },
            features=tuple(plan.features),
            pools=pooled,
        )

    def _rate(self, given: str | _Rate, key: str, meter: str) -> Rate:
        asked = _Rate(rate=given) if isinstance(given, str) else given
        if (asked.rate is None) == (not asked.tiers):
            self._source.refuse(key, "give either `rate` or `tiers`.")
        if asked.minimum < 0 or asked.step < 1:
            self._source.refuse(key, "`minimum` is not below 0 and `step` not below 1.")
        tiers = asked.tiers or [_Tier(rate=asked.rate or "")]
        ends = [tier.up_to for tier in tiers]
        bounds = [end for end in ends[:-1] if end is not None]
        if ends[-1] is not None or len(bounds) != len(ends) - 1 or bounds != sorted(set(bounds)):
            self._source.refuse(key, "every tier but the last has a larger `up_to` than the one before it.")
        per = self._file.meters[meter].per
        return Rate(
            tiers=tuple(Tier(tier.up_to, self._price(tier.rate, key) / per) for tier in tiers),
            minimum=asked.minimum,
            step=asked.step,
        )

    def _price(self, text: str, key: str) -> Fraction:
        if not _PRICE.fullmatch(text):
            self._source.refuse(key, f"{text!r} is not a rate, like 0.03.")
        return Fraction(text) * MICRO

    def _money(self, text: str, key: str) -> Money:
        try:
            return Money.parse(text, self._file.currency)
        except MoneyError as error:
            self._source.refuse(key, f"{text!r}: {error}", error)
