"""What every template may use, without looking each name up for each import of a macro."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import KeysView, MutableMapping
from typing import Any

from flask.templating import Environment


class PageEnvironment(Environment):
    """Flask's, whose imports are cheap: a page has twenty, and each asks which globals there are."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template may use: its own, over what all may."""
        return _Globals({} if d is None else d, self.globals)


class _Globals(ChainMap[str, Any]):
    """A ChainMap's own `keys` looks in every map for every name."""

    def keys(self) -> KeysView[str]:
        own, of_all = self.maps
        return {**of_all, **own}.keys()
