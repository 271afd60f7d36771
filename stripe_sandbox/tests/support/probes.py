"""One call of an operation, sent again with each parameter that the SDK knows beside its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stripe_sandbox.conformance.types import Shape
from stripe_sandbox.tests.support.probing import Prober, put
from stripe_sandbox.tracked import WITHOUT_EFFECT

DEEPEST = 3


class Probe:
    """A call that succeeds, and what it answers and leaves."""

    def __init__(self, prober: Prober, method: str, path: str, sent: dict[str, Any]) -> None:
        self._prober, self._method, self._path, self._sent = prober, method, path, sent
        self.usual, self._seen = prober.outcome(method, path, sent)

    def ignored(self, shape: Shape, *above: str) -> Iterator[str]:
        """The paths of parameters that are taken, and change nothing whatever their value."""
        for name, type_ in shape.fields.items():
            keys = (*above, name)
            where = keys[0] + "".join(f"[{key}]" for key in keys[1:])
            values = [value for value in self._prober.samples(name, type_, shape) if value != {}]
            is_refused = False
            # A map is what is in it, and that is looked at by itself.
            is_ignored = not isinstance(next(iter(values), {}), dict) and keys[0] not in WITHOUT_EFFECT
            for value in values:
                result, seen = self._prober.outcome(self._method, self._path, put(self._sent, keys, value))
                is_refused = self._prober.refused(result, where)
                is_ignored = is_ignored and result.status == 200 and seen == self._seen
                if is_refused or not is_ignored:
                    break
            if is_ignored:
                yield where
            inner = self._prober.inside(shape, name)
            if inner and not is_refused and len(keys) < DEEPEST:
                yield from self.ignored(inner, *keys)
