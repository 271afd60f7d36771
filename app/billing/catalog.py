"""The catalogue of plans, meters, rates and limits, read from `catalog.toml` and checked as it is read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask, current_app

from app.billing.money import Money, MoneyError
from app.models.ledger import UsageGroup


class CatalogError(Exception):
    """The catalogue can't be used; the message names the file, the key and what is wrong with it."""


class Meter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is used: counted in whole `unit`s, priced by `per` units, shown by `shown_per` units."""

    group: UsageGroup
    label: str
    unit: str
    shown_as: str
    shown_per: int
    per: int


class _TopUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    presets: list[str]
    minimum: str
    maximum: str


class _Wallet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    low_threshold: str


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    summary: str
    price: str
    interval: str
    limits: dict[str, int]
    allowances: dict[str, int]
    rates: dict[str, str]
    features: list[str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    currency: str
    top_up: _TopUp
    wallet: _Wallet
    meters: dict[str, Meter]
    plans: dict[str, _Plan]


@dataclass(frozen=True, slots=True)
class Plan:
    """A tier. `rates` are exact, in micro-units for one unit of the meter; `allowances` in the meter's units."""

    key: str
    name: str
    summary: str
    price: Money
    interval: str
    limits: dict[str, int]
    allowances: dict[str, int]
    rates: dict[str, Fraction]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopUpLimits:
    presets: tuple[Money, ...]
    minimum: Money
    maximum: Money


@dataclass(frozen=True, slots=True)
class Catalog:
    version: str
    currency: str
    top_up: TopUpLimits
    low_threshold: Money
    meters: dict[str, Meter]
    plans: dict[str, Plan]

    def plan(self, key: str) -> Plan:
        """The plan of this key. Raises `CatalogError`."""
        try:
            return self.plans[key]
        except KeyError:
            raise CatalogError(
                f"The catalogue has no plan {key!r}. It has: {', '.join(self.plans)}."
            ) from None

    def meter(self, key: str) -> Meter:
        """The meter of this key. Raises `CatalogError`."""
        try:
            return self.meters[key]
        except KeyError:
            raise CatalogError(
                f"The catalogue has no meter {key!r}. It has: {', '.join(self.meters)}."
            ) from None

    def meters_of(self, group: UsageGroup) -> list[str]:
        return [key for key, meter in self.meters.items() if meter.group is group]


def init_app(app: Flask, path: Path) -> None:
    """Read the catalogue once for the process."""
    app.extensions["catalog"] = load(path)


def current() -> Catalog:
    """The catalogue that the application runs on."""
    catalog: Catalog = current_app.extensions["catalog"]
    return catalog


def load(path: Path) -> Catalog:
    """Read and check a catalogue. Raises `CatalogError`."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text()), _File)
    except FileNotFoundError:
        raise CatalogError(f"{path}: there is no such file. Set CATALOG_PATH.") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CatalogError(f"{path}: {error}") from error
    reader = _Amounts(path, file.currency)
    for key, meter in file.meters.items():
        if meter.per < 1 or meter.shown_per < 1:
            raise CatalogError(
                f"{path}: meters.{key}: `per` and `shown_per` are whole numbers of at least 1."
            )
    return Catalog(
        version=file.version,
        currency=file.currency,
        top_up=TopUpLimits(
            presets=tuple(reader.money(text, "top_up.presets") for text in file.top_up.presets),
            minimum=reader.money(file.top_up.minimum, "top_up.minimum"),
            maximum=reader.money(file.top_up.maximum, "top_up.maximum"),
        ),
        low_threshold=reader.money(file.wallet.low_threshold, "wallet.low_threshold"),
        meters=file.meters,
        plans={key: _plan(key, plan, file.meters, reader) for key, plan in file.plans.items()},
    )


@dataclass(frozen=True, slots=True)
class _Amounts:
    path: Path
    currency: str

    def money(self, text: str, key: str) -> Money:
        try:
            return Money.parse(text, self.currency)
        except MoneyError as error:
            raise CatalogError(f"{self.path}: {key}: {text!r}: {error}") from error

    def rate(self, text: str, key: str, per: int) -> Fraction:
        try:
            rate = Fraction(text) * 1_000_000 / per
        except ValueError as error:
            raise CatalogError(f"{self.path}: {key}: {text!r} is not a rate, like 0.03.") from error
        if rate < 0:
            raise CatalogError(f"{self.path}: {key}: a rate can't be below zero.")
        return rate


def _plan(key: str, plan: _Plan, meters: dict[str, Any], reader: _Amounts) -> Plan:
    where = f"plans.{key}"
    for name in ("allowances", "rates"):
        for meter in set(getattr(plan, name)) - set(meters):
            raise CatalogError(f"{reader.path}: {where}.{name}: there is no meter {meter!r}.")
    for meter in set(meters) - set(plan.rates):
        raise CatalogError(f"{reader.path}: {where}.rates: the rate of {meter!r} is missing.")
    return Plan(
        key=key,
        name=plan.name,
        summary=plan.summary,
        price=reader.money(plan.price, f"{where}.price"),
        interval=plan.interval,
        limits=plan.limits,
        allowances=plan.allowances,
        rates={
            meter: reader.rate(text, f"{where}.rates.{meter}", meters[meter].per)
            for meter, text in plan.rates.items()
        },
        features=tuple(plan.features),
    )
