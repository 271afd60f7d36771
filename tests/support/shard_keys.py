"""Whether a statement says which organization each of its distributed tables is read or written for.

PostgreSQL's own parser reads it (pglast). A table is bound where its distribution column equals something that isn't a
column of a table (a parameter, what a subquery or an array has), or that column of a table that is bound: conditions,
joins and `USING` count, and what is behind OR doesn't.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pglast.parser import parse_sql_json

KEY = "org_id"
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")
_ANYTHING = ("", "")
_QUERIES = {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"}
Node = dict[str, Any]
Column = tuple[str, str]


def unbound(text: str, distributed: frozenset[str]) -> list[str]:
    """The distributed tables in a statement, as the driver takes it, that no organization is said for. Each once."""
    return sorted({table for level in _levels(text) for table in level.unbound(distributed)})


def tables(text: str) -> set[str]:
    """The tables of a statement."""
    return {table for level in _levels(text) for table in level.tables.values()}


def locks_several(text: str, distributed: frozenset[str]) -> list[str]:
    """The distributed tables whose rows a SELECT locks for more than one organization, by its own words."""
    found = set()
    for level in _levels(text):
        if level.locks:
            found |= {
                table for name, table in level.tables.items() if table in distributed and name in level.many
            }
    return sorted(found)


@dataclass
class _Level:
    """One query: its tables by the names they have in it, and which columns are equal."""

    tables: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """Names of subqueries, functions and the like: what they have is bound where they are read themselves."""
    equal: dict[Column, Column] = field(default_factory=dict)
    many: set[str] = field(default_factory=set)
    written: str | None = None
    columns: list[str] | None = None
    locks: bool = False
    joins: list[tuple[Node, list[str], list[str]]] = field(default_factory=list)

    def unbound(self, distributed: frozenset[str]) -> Iterator[str]:
        for name, table in self.tables.items():
            if table not in distributed:
                continue
            if name == self.written and self.columns is not None:
                if KEY not in self.columns:
                    yield table
            elif self.root((name, KEY)) != self.root(_ANYTHING):
                yield table

    def root(self, column: Column) -> Column:
        while (above := self.equal.get(column, column)) != column:
            column = above
        return column

    def join(self, one: Column, other: Column) -> None:
        self.equal[self.root(one)] = self.root(other)

    def column(self, node: Node) -> Column | None:
        """What a column is of: `_ANYTHING` where it is no table's of this query. None where the node is no column."""
        while "TypeCast" in node:
            node = node["TypeCast"]["arg"]
        if "ColumnRef" not in node:
            return None
        path = [part["String"]["sval"] for part in node["ColumnRef"]["fields"] if "String" in part]
        if len(path) > 1:
            return (path[-2], path[-1]) if path[-2] in self.tables else _ANYTHING
        if path and path[-1] == KEY and self.tables:
            return next(iter(self.tables)), KEY
        if path and len(self.tables) == 1 and not self.others:
            return next(iter(self.tables)), path[-1]
        return _ANYTHING

    def equate(self, left: Node, right: Node, *, several: bool) -> None:
        """Note that two expressions are equal, also where they are rows of several."""
        lefts, rights = _parts(left), _parts(right)
        if len(lefts) != len(rights):
            # A row that is compared with rows of something else.
            rights = [{} for _ in lefts]
        for one, other in zip(lefts, rights, strict=True):
            columns = [self.column(one), self.column(other)]
            for name, column in (each for each in columns if each and each != _ANYTHING):
                if column == KEY and several:
                    self.many.add(name)
            if any(columns):
                self.join(*(column or _ANYTHING for column in columns))

    def condition(self, node: Node | None) -> None:
        """Note what a condition says for certain."""
        if not node:
            return
        if node.get("A_Const", {}).get("boolval") == {}:
            # WHERE false: no rows of any organization.
            for name in self.tables:
                self.join((name, KEY), _ANYTHING)
        elif (joined := node.get("BoolExpr")) and joined["boolop"] == "AND_EXPR":
            for each in joined["args"]:
                self.condition(each)
        elif compared := node.get("A_Expr"):
            kind, operator = compared["kind"], compared["name"][-1]["String"]["sval"]
            if operator == "=" and kind in {"AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN"} and "lexpr" in compared:
                self.equate(compared["lexpr"], compared["rexpr"], several=kind != "AEXPR_OP")
        elif (asked := node.get("SubLink")) and asked["subLinkType"] == "ANY_SUBLINK" and "testexpr" in asked:
            self.equate(asked["testexpr"], {}, several=True)

    def add(self, node: Node) -> list[str]:
        """Note what is read from: a table, a join, a subquery. Returns the names it has."""
        if join := node.get("JoinExpr"):
            left, right = self.add(join["larg"]), self.add(join["rarg"])
            self.joins.append((join, left, right))
            return [*left, *right]
        if table := node.get("RangeVar"):
            name = table.get("alias", {}).get("aliasname", table["relname"])
            self.tables[name] = table["relname"]
            return [name]
        kind = next(iter(node))
        name = node[kind].get("alias", {}).get("aliasname", "")
        self.others.add(name)
        return [name]

    def read_joins(self) -> None:
        """Note what joins say, once all names are known: they may be about what is behind them."""
        for join, left, right in self.joins:
            if KEY in [part["String"]["sval"] for part in join.get("usingClause", ())]:
                self.join(
                    *((name, KEY) if name in self.tables else _ANYTHING for name in (left[0], right[0]))
                )
            self.condition(join.get("quals"))


def _parts(node: Node) -> list[Node]:
    return node["RowExpr"]["args"] if "RowExpr" in node else [node]


def _levels(text: str) -> Iterator[_Level]:
    """Each query in a statement, those within others, too."""
    parsed = json.loads(parse_sql_json(_PLACEHOLDER.sub("$1", text).replace("%%", "%")))
    for statement in parsed["stmts"]:
        yield from _within(statement["stmt"], frozenset())


def _within(node: Any, named: frozenset[str]) -> Iterator[_Level]:
    """The queries in a part of a statement; `named` are those that WITH names."""
    if isinstance(node, list):
        for each in node:
            yield from _within(each, named)
    elif isinstance(node, dict):
        for kind, part in node.items():
            if kind in _QUERIES or (kind in {"larg", "rarg"} and "op" in part):
                named |= {
                    each["CommonTableExpr"]["ctename"] for each in part.get("withClause", {}).get("ctes", ())
                }
                yield _level(kind, part, named)
            yield from _within(part, named)


def _level(kind: str, part: Node, named: frozenset[str]) -> _Level:
    level = _Level(locks="lockingClause" in part)
    read = list(part.get("fromClause", [])) + list(part.get("usingClause", []))
    if "relation" in part:
        read.insert(0, {"RangeVar": part["relation"]})
        level.written = part["relation"].get("alias", {}).get("aliasname", part["relation"]["relname"])
    if kind == "InsertStmt":
        level.columns = [each["ResTarget"]["name"] for each in part.get("cols", ())]
    for each in read:
        level.add(each)
    for name in [name for name, table in level.tables.items() if table in named]:
        del level.tables[name]
        level.others.add(name)
    level.read_joins()
    level.condition(part.get("whereClause"))
    return level
