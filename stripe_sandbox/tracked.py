"""Parameters that know which of them were read, so that none is ignored silently.

Stripe gives every known parameter its effect; a stand-in that answers 200 and ignores one hides the difference. So
whatever was sent and never read is refused: a handler serves a parameter by reading its value, and lists nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stripe_sandbox.errors import invalid

if TYPE_CHECKING:
    from _collections_abc import dict_items, dict_values

WITHOUT_EFFECT = {
    "expand": "widens the answer, after the handler is done: see `expand`",
}
"""Known parameters that change nothing here, and why that is honest; every other one is served or refused."""


class Tracked(dict[str, Any]):
    """A map of parameters. Fetching a value reads it; asking whether it is there doesn't."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__({name: tracked(value) for name, value in values.items()})
        self._read: set[str] = set()

    def unread(self, path: str = "") -> Iterator[str]:
        """The paths of what no one has read, like `items[0][discounts]`."""
        for name in self:
            where = f"{path}[{name}]" if path else name
            if name in self._read:
                yield from _unread(super().__getitem__(name), where)
            else:
                yield where

    def __getitem__(self, name: str) -> Any:
        self._read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._read.add(name)
        return super().get(name, default)

    # What takes all of a map reads all of it. Without `__iter__` of its own, `dict(…)` and `**` would copy past
    # `__getitem__`.
    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def items(self) -> dict_items[str, Any]:
        self._read.update(super().keys())
        return super().items()

    def values(self) -> dict_values[str, Any]:
        self._read.update(super().keys())
        return super().values()

    def copy(self) -> dict[str, Any]:
        return dict(self.items())

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()


def tracked(value: Any) -> Any:
    """The same value, with every map in it tracked."""
    if isinstance(value, dict):
        return Tracked(value)
    return [tracked(item) for item in value] if isinstance(value, list) else value


def refuse_unread(params: dict[str, Any]) -> None:
    """Raises 400 that names the first parameter that was sent and not read."""
    unread = params.unread() if isinstance(params, Tracked) else iter(())
    ignored = next((name for name in unread if name not in WITHOUT_EFFECT), None)
    if ignored is not None:
        message = (
            f"The stand-in does not serve {ignored} here. It ignores nothing: leave it out, or serve it."
        )
        raise invalid(message, param=ignored)


def _unread(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Tracked):
        yield from value.unread(path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unread(item, f"{path}[{index}]")
