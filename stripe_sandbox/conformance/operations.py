"""Which operations the SDK's services have, and with which parameters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stripe_sandbox.conformance.reader import SDK, read_file
from stripe_sandbox.conformance.types import Shape, Type

_RESOURCE = re.compile(r"\w{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a path, with the class that says what may be sent; None where nothing may."""

    method: str
    template: str
    pattern: re.Pattern[str]
    params: Shape | None

    def ids_in(self, path: str) -> tuple[str, ...]:
        """What stands in a path for the template's placeholders."""
        parts = zip(path.split("/"), self.template.split("/"), strict=True)
        return tuple(part for part, name in parts if name.startswith("{"))


def find_operation(method: str, path: str) -> Operation | None:
    """The operation that serves this path, those without a placeholder first."""
    resource = path.split("/")[2]
    if own := _OF_BROWSERS.get((method, path)):
        return own()
    known = _operations(resource) if _RESOURCE.fullmatch(resource) else ()
    found = [one for one in known if one.method == method and one.pattern.fullmatch(path)]
    return min(found, key=lambda one: one.template.count("{"), default=None)


@cache
def _create_confirmation_token() -> Operation:
    """What `stripe.createConfirmationToken` calls, which no SDK of a server has: a card, and what Elements know.

    The names are those of `ConfirmationTokenParams` in https://github.com/stripe/stripe-android.
    """
    path = "/v1/confirmation_tokens"
    usage = Type("literal", values=("off_session", "on_session"), required=False)
    fields = {
        "payment_method_data": Type("ref", name="PaymentMethodCreateParams"),
        "setup_future_usage": usage,
        "return_url": Type("str", required=False),
        "client_context": Type("dict", required=False),
    }
    return Operation("POST", path, re.compile(path), Shape("PaymentMethodCreateParams", fields))


_OF_BROWSERS = {("POST", "/v1/confirmation_tokens"): _create_confirmation_token}


@cache
def _operations(resource: str) -> tuple[Operation, ...]:
    """The operations whose path begins with a resource, like `payment_intents`."""
    made = []
    for file, text in sorted([*_services(SDK), *_services(SDK / resource)]):
        if f'"/v1/{resource}' in text:
            folder = str(file.parent.relative_to(SDK))
            made += _in_file(ast.parse(text), resource, folder)
    return tuple(made)


@cache
def _services(folder: Path) -> tuple[tuple[Path, str], ...]:
    return tuple((file, file.read_text()) for file in folder.glob("_*_service.py"))


def _in_file(tree: ast.Module, resource: str, folder: str) -> list[Operation]:
    found = []
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                operation = _operation(function, call, folder) if isinstance(call, ast.Call) else None
                if operation and operation.template.split("/")[2] == resource:
                    found.append(operation)
    return found


def _operation(function: ast.FunctionDef, call: ast.Call, folder: str) -> Operation | None:
    # What they call on themselves: each has one `_request`.
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "_request") or len(call.args) < 2:
        return None
    method, path = call.args[0], call.args[1]
    if isinstance(path, ast.Call) and isinstance(path.func, ast.Attribute):
        path = path.func.value
    if not (isinstance(method, ast.Constant) and isinstance(path, ast.Constant)):
        return None
    template = str(path.value)
    pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", template))
    return Operation(str(method.value).upper(), template, pattern, _params_of(function, folder))


def _params_of(function: ast.FunctionDef, folder: str) -> Shape | None:
    for argument in function.args.args:
        if argument.arg == "params" and argument.annotation is not None:
            names = re.findall(r"\w+Params\b", ast.unparse(argument.annotation))
            return _params(names[-1], folder) if names else None
    return None


@cache
def _params(name: str, folder: str) -> Shape | None:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    path: Path = SDK / "params" / folder / f"_{snake}.py"
    return read_file(path).get(name) if path.exists() else None


def params_shape(name: str, near: Shape) -> Shape | None:
    """A parameter class that another one names: it stands in the same file."""
    root = re.sub(r"Params.*$", "Params", near.name)
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", root).lower()
    path: Path = SDK / "params" / f"_{snake}.py"
    return read_file(path).get(name) if path.exists() else None
