"""Walks over everything that the application answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

import app as product


def rules(app: Flask, method: str = "GET") -> list[Rule]:
    """The rules that take a method, in a fixed order."""
    return sorted((rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())), key=str)


def address(app: Flask, rule: Rule, values: Mapping[str, Any]) -> str:
    """The address of a rule, each argument filled in from `values` by its name or else by its converter's."""
    filled = {name: values.get(name, values.get(_kind(rule, name), "x")) for name in sorted(rule.arguments)}
    built = app.url_map.bind("localhost").build(rule.endpoint, filled)
    return str(built)


def text_arguments(rule: Rule) -> list[str]:
    """The arguments in the path that can be any text."""
    return [name for name in sorted(rule.arguments) if _kind(rule, name) != "UUIDConverter"]


def parameter_names() -> Iterator[str]:
    """Every name that a page's code reads from the query or a form."""
    found: set[str] = set()
    for file in Path(product.__file__).parent.glob("pages/**/*.py"):
        source = file.read_text()
        found |= set(re.findall(r'(?:args|form)(?:\.get\(|\[)"(\w+)"', source))
        found |= set(re.findall(r"^    (\w+) = \w+Field\(", source, re.MULTILINE))
    return iter(sorted(found))


def _kind(rule: Rule, name: str) -> str:
    return type(rule._converters[name]).__name__
