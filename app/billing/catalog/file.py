"""Reads `catalog.toml`. Errors name the file, line and key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from app.billing.catalog import rules
from app.billing.catalog.builder import Builder
from app.billing.catalog.file_text import CatalogText, PlanText, PoolText
from app.billing.catalog.model import Catalog, CatalogError, Meter
from app.billing.catalog.source import Source
from app.prepared import prepare

prepare(CatalogText, Meter, PoolText, PlanText)
_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


def load(path: Path) -> Catalog:
    """Load a catalog to sell from, and check all of it. Raises `CatalogError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CatalogError(f"{path}: file not found. Set CATALOG_PATH.") from None
    except UnicodeDecodeError:
        raise CatalogError(f"{path}: not UTF-8 text.") from None
    plan_catalog = parse(text, name=str(path))
    rules.check(Source(str(path), text), plan_catalog)
    return plan_catalog


def parse(text: str, *, name: str) -> Catalog:
    """Parse a catalog, also an old one; `name` is what errors call it. Raises `CatalogError`."""
    try:
        file = msgspec.convert(tomllib.loads(text), CatalogText)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{name}: {error}") from error
    except msgspec.ValidationError as error:
        key, problem = _first_problem(tomllib.loads(text), error)
        Source(name, text).refuse(key, problem, error)
    return Builder(Source(name, text), file).build()


def _first_problem(content: dict[str, Any], error: msgspec.ValidationError) -> tuple[str, str]:
    """The key that is invalid, and why. The error doesn't say which entry of a table it is, so search for it."""
    for section, kind in (("meters", Meter), ("allowances", PoolText), ("plans", PlanText)):
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
