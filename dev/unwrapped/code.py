"""Texts in Python outside gettext: strings that read as sentences or labels, and that no program is told.

What is told to programs and operators is in English and is left out: logs, what commands print, errors of
programming, names of headers, SQL.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from dev.unwrapped.found import has_words

_GETTEXT = {"_", "gettext", "lazy_gettext", "marked", "ngettext", "npgettext", "pgettext", "translated"}
_LOGS = {"debug", "info", "warning", "error", "exception", "critical", "log", "echo", "secho", "print"}
_OF_PROGRAMS = {
    "option", "argument", "command", "group", "ClickException", "UsageError", "BadParameter", "CheckConstraint",
    "Index", "UniqueConstraint", "ForeignKeyConstraint", "text", "compile", "getenv", "execute", "sub", "match",
    "search", "fullmatch", "Choice", "TypeVar", "header", "headers", "add_argument", "warn", "strftime", "ContextVar",
}  # fmt: skip
"""Functions whose strings are for programs and operators."""
_ERRORS = {
    "ValueError",
    "RuntimeError",
    "TypeError",
    "AssertionError",
    "KeyError",
    "LookupError",
    "NotImplementedError",
}
_SENTENCE = re.compile(r"^[^\w(<]*[A-Z][a-z']*[ ,]+\S|\w+[,:;]? \w.*[.?!]$")
_LABEL = re.compile(r"^[A-Z][a-z]{2,}$")
_NOT_SHOWN = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|SET|LOCK|CREATE|ALTER|BEGIN)\b|://|^[\w-]+/|^\{|^[.#/]|=\w+;|\\[sdwb]|\(\?"
)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each text that isn't in gettext."""
    walker = _Walker()
    walker.visit(ast.parse(source))
    yield from walker.found


class _Walker(ast.NodeVisitor):
    """Goes to all strings that may be shown."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self._is_label = False

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        # An error with values of its own is said by the page that it reaches.
        is_of_error = (
            name == "__init__"
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Call)
        )
        if is_of_error or name in _GETTEXT | _LOGS | _OF_PROGRAMS | _ERRORS:
            return
        self.visit(node.func)
        is_field = name.endswith("Field") or name in {"Choice", "Link", "Button"}
        for at, part in enumerate(node.args):
            self._visit_as(part, is_label=is_field and at == 0)
        for keyword in node.keywords:
            if keyword.arg not in {
                "description",
                "tags",
                "operation_id",
                "pattern",
                "name",
                "key",
                "summary",
            }:
                self._visit_as(
                    keyword.value, is_label=keyword.arg in {"label", "title", "text", "message", "action"}
                )

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._judge(node.lineno, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        said = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
        self._judge(node.lineno, "".join(map(str, said)))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        # A string of its own says something about the code.
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self._visit_as(value, is_label=True)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value:
            self._visit_as(node.value, is_label=True)

    def visit_Compare(self, node: ast.Compare) -> None:
        """What something is compared with isn't shown."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """For programmers."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """An annotation."""

    def _visit_as(self, node: ast.expr, *, is_label: bool) -> None:
        before, self._is_label = self._is_label, is_label
        self.visit(node)
        self._is_label = before

    def _judge(self, line: int, text: str) -> None:
        plain = " ".join(text.split())
        reads = _SENTENCE.search(plain) or (self._is_label and _LABEL.match(plain))
        if reads and has_words(plain) and not _NOT_SHOWN.search(plain):
            self.found.append((line, plain))
