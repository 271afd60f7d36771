"""What an open page shows, as its poll says it in `HX-PTag`: the wallet's version, in which language and with which
formats (`7.en_US`), and until when that holds.

Most of what a page shows changes with the wallet only. Where a limit stops calls, time alone changes it, too: then
the tag is `<version>.<locale>-<seconds since 1970>`, and no longer current from then on. Someone who changes their
language in another tab gets the next answer in it, and not "unchanged" for what is in the one before.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

from app.language import locale

_TAG = re.compile(r"([0-9]{1,19})\.([a-z]{2,3}_[A-Z]{2})(?:-([0-9]{1,12}))?")


def tag_of(version: int, until: datetime | None) -> str:
    """The tag of a page that shows a version of the wallet to the reader."""
    shown = f"{version}.{locale()}"
    return shown if until is None else f"{shown}-{math.ceil(until.timestamp())}"


def is_current(tag: str, version: int | None, now: datetime) -> bool:
    """Whether a page with this tag has nothing new to show its reader. What is no tag is never current."""
    found = _TAG.fullmatch(tag)
    if found is None or (found[1], found[2]) != (str(version), locale()):
        return False
    return found[3] is None or now.timestamp() < int(found[3])
