"""Asks every operation of the stand-in for every parameter that the SDK knows, in a world that each call leaves as it was."""

from __future__ import annotations

import json
import re
from typing import Any

from stripe_sandbox.conformance import find_operation
from stripe_sandbox.conformance.operations import params_shape
from stripe_sandbox.conformance.types import Shape, Type
from stripe_sandbox.errors import ApiError
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.serving import Asked, Result, serve

_ID = re.compile(r"\b[a-z_]+_[A-Za-z0-9]{8,}")
_TIME = re.compile(r"\b1[789]\d{8}\b")


class Prober:
    """A stand-in with objects to name, and a plausible value for each parameter."""

    def __init__(self, sandbox: Sandbox, named: dict[str, str]) -> None:
        self.sandbox, self.named = sandbox, named
        self._usual: frozenset[Any] = frozenset()

    def settle(self) -> None:
        """From now on calls are held against what there is now."""
        self._usual = frozenset(self._rows())

    def _rows(self) -> list[Any]:
        return self.sandbox.store.execute("SELECT body, hidden FROM object ORDER BY seq")

    def send(self, method: str, path: str, sent: dict[str, Any]) -> Result:
        """Make a call that stays."""
        operation = find_operation(method, path)
        assert operation, path
        asked = Asked(operation, method, path, as_sent(sent), None, "req_probe", False, None)
        try:
            return serve(self.sandbox, asked)
        except ApiError as error:
            return Result(error.status, error.body)

    def outcome(self, method: str, path: str, sent: dict[str, Any]) -> tuple[Result, str]:
        """What a call answers and all that there is after it, apart from times and new ids; it is undone."""
        try:
            with self.sandbox.store.locked():
                result = self.send(method, path, sent)
                raise _UndoneError(result, self._seen(result) if result.status == 200 else "")
        except _UndoneError as undone:
            return undone.result, undone.seen

    def _seen(self, result: Result) -> str:
        text = json.dumps(
            [result.status, result.body, *(row for row in self._rows() if row not in self._usual)]
        )
        known: dict[str, str] = {id_: id_ for id_ in self.named.values()}
        return _TIME.sub("then", _ID.sub(lambda found: known.setdefault(found[0], f"id_{len(known)}"), text))

    def with_ids(self, sent: Any) -> Any:
        """The same parameters, with the ids of objects in the place of `@` and their names."""
        if isinstance(sent, dict):
            return {name: self.with_ids(value) for name, value in sent.items()}
        if isinstance(sent, list):
            return [self.with_ids(one) for one in sent]
        return self.named[sent[1:]] if str(sent).startswith("@") else sent

    def refused(self, result: Result, path: str) -> bool:
        """Whether a call was refused because it would have ignored the parameter of this path, or one that it is in."""
        error = result.body.get("error", {})
        is_named = path == error.get("param") or path.startswith(f"{error.get('param')}[")
        return result.status == 400 and is_named and "does not serve" in error["message"]

    def inside(self, shape: Shape, name: str) -> Shape | None:
        """The parameters that a parameter of this shape has inside of it, or its items have."""
        return _shape(shape.fields[name], shape)

    def samples(self, name: str, type_: Type, near: Shape) -> list[Any]:
        """Values that a parameter of this name and type may have: one, or each of those that the SDK names."""
        match type_.kind:
            case "literal":
                return [str(value) for value in type_.values if value != ""]
            case "int":
                return ["3000000000" if name in {"gt", "gte"} else "7", "0"]
            case "bool":
                return ["true", "false"]
            case "list":
                return [[one] for one in self.samples(name, type_.parts[0], near)]
            case "dict":
                return [{"a": "b"}]
            case "optional" | "union":
                parts = [self.samples(name, part, near) for part in type_.parts]
                return [one for part in parts for one in part if one != {}]
            case "ref":
                return [self._needed(_shape(type_, near) or near)]
        # What names no object is refused, or finds nothing, where an object's id might change nothing.
        return ["7" if name.endswith("decimal") else self.named.get(name, "x"), "x"]

    def _needed(self, shape: Shape) -> dict[str, Any]:
        """The parameters without which a map of this shape is refused."""
        fields = shape.fields.items()
        return {name: self.samples(name, one, shape)[0] for name, one in fields if one.required}


class _UndoneError(Exception):
    def __init__(self, result: Result, seen: str) -> None:
        super().__init__()
        self.result, self.seen = result, seen


def as_sent(value: Any) -> Any:
    """Maps and lists of texts, as they are decoded from a form."""
    if isinstance(value, dict):
        return {name: as_sent(item) for name, item in value.items()}
    return [as_sent(item) for item in value] if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def put(sent: dict[str, Any], keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The parameters with a value at this place, beside what is there."""
    head, *rest = keys
    if not rest:
        return {**sent, head: value}
    inner = sent.get(head)
    if isinstance(inner, list):
        return {**sent, head: [put(inner[0], tuple(rest), value), *inner[1:]]}
    return {**sent, head: put(inner if isinstance(inner, dict) else {}, tuple(rest), value)}


def _shape(type_: Type, near: Shape) -> Shape | None:
    if type_.kind == "ref":
        return params_shape(type_.name.strip('"'), near)
    inner = type_.parts if type_.kind in {"list", "optional", "union"} else ()
    return next((found for part in inner if (found := _shape(part, near))), None)
