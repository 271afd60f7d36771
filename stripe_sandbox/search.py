"""Stripe's search query language (https://docs.stripe.com/search#search-query-language). Here all is found."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.errors import invalid
from stripe_sandbox.store import Store

_CLAUSE = re.compile(
    r"""\s*(?P<not>-)?(?P<field>[a-z_][\w.]*|metadata\[(?:"[^"]*"|'[^']*')\])\s*(?P<compare>>=|<=|[:~<>])\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[-\w.]+)(?:\s+(?P<next>AND|OR)(?=\s))?""",
    re.ASCII,
)
_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Clause:
    """`field` is a dotted path; `is_not` finds what the rest doesn't fit."""

    field: str
    compare: str
    value: str | None
    is_not: bool

    def fits(self, body: dict[str, Any]) -> bool:
        return self._compares(_value_at(body, self.field)) != self.is_not

    def _compares(self, found: Any) -> bool:
        if self.value is None or found is None:
            return found is None and self.value is None
        if self.compare in _NUMBERS:
            return isinstance(found, int) and _NUMBERS[self.compare](found, int(self.value))
        text = str(found).lower()
        return self.value.lower() in text if self.compare == "~" else text == self.value.lower()


def search(
    store: Store, kind: str, url: str, params: dict[str, Any], fields: frozenset[str]
) -> dict[str, Any]:
    """A page of the objects that fit `query`, newest first. Raises 400 for what isn't in the language."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid integer: limit must be between 1 and 100.", param="limit")
    clauses, fits = _parsed(params["query"], fields)
    found = [one for one in store.newest(kind) if fits(clause.fits(one) for clause in clauses)]
    start = _start(found, params.get("page"))
    page, more = found[start : start + limit], len(found) > start + limit
    return {
        "object": "search_result",
        "url": url,
        "has_more": more,
        "next_page": page[-1]["id"] if more else None,
        "data": page,
    }


def _start(found: list[dict[str, Any]], after: str | None) -> int:
    if after is None:
        return 0
    ids = [one["id"] for one in found]
    if after not in ids:
        raise invalid("Invalid page: it is none of this search.", param="page")
    return ids.index(after) + 1


def _parsed(query: str, fields: frozenset[str]) -> tuple[list[Clause], Callable[[Any], bool]]:
    """The clauses, and whether all or any of them have to fit."""
    clauses, joined, place = [], set(), 0
    while place < len(query.rstrip()):
        found = _CLAUSE.match(query, place)
        if found is None:
            raise invalid(
                f"Your search query can't be read from here: {query[place : place + 40]}", param="query"
            )
        clauses.append(_clause(found, fields))
        place = found.end()
        if place < len(query.rstrip()):
            joined.add(found["next"] or "AND")
    if not clauses or (found and found["next"]):
        raise invalid("We were unable to parse your search query: a clause is missing.", param="query")
    if len(joined) > 1:
        raise invalid("You can't combine AND and OR in a query.", param="query")
    return clauses, any if joined == {"OR"} else all


def _clause(found: re.Match[str], fields: frozenset[str]) -> Clause:
    field, compare, value = found["field"], found["compare"], found["value"]
    if field.startswith("metadata["):
        field = f"metadata.{field[10:-2]}"
    elif field not in fields:
        raise invalid(f"Field `{field}` is an unsupported search field for this resource.", param="query")
    if compare in _NUMBERS and not re.fullmatch(r"-?\d{1,15}", value, re.ASCII):
        raise invalid(f"Field `{field}` can be compared only with whole numbers.", param="query")
    quoted = value[0] in "\"'"
    text = re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value
    if compare == "~" and len(text) < SHORTEST_PART:
        raise invalid(f"A part to search for has at least {SHORTEST_PART} characters.", param="query")
    return Clause(field, compare, None if text == "null" and not quoted else text, bool(found["not"]))


def _value_at(body: Any, path: str) -> Any:
    first, _, rest = path.partition(".")
    if first == "metadata":
        return body["metadata"].get(rest)
    found = body.get(first) if isinstance(body, dict) else None
    return _value_at(found, rest) if rest else found
