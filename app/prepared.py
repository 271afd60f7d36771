"""Types that msgspec reads, prepared when they are imported.

msgspec learns a type when it first reads one, and ends the process with a segmentation fault where two threads are
the first (seen with 0.22.0): two requests right after the start of a web process, for instance.
"""

from __future__ import annotations

from typing import Any

import msgspec


def prepare(*types: Any) -> None:
    """Let msgspec learn these types, and those that they have fields of. At import, when there is one thread."""
    for type_ in types:
        msgspec.json.Decoder(type_)
