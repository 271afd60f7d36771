"""What an open page shows, as its poll says it in `HX-PTag`: the wallet's version, and until when that holds.

Most of what a page shows changes with the wallet only. Where a limit stops calls, time alone changes it, too: then
the tag is `<version>-<seconds since 1970>`, and no longer current from then on.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

_TAG = re.compile(r"([0-9]{1,19})(?:-([0-9]{1,12}))?")


def tag_of(version: int, until: datetime | None) -> str:
    """The tag of a page that shows a version of the wallet."""
    return str(version) if until is None else f"{version}-{math.ceil(until.timestamp())}"


def is_current(tag: str, version: int | None, now: datetime) -> bool:
    """Whether a page with this tag has nothing new to show. What is no tag is never current."""
    found = _TAG.fullmatch(tag)
    if found is None or found[1] != str(version):
        return False
    return found[2] is None or now.timestamp() < int(found[2])
