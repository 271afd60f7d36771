"""Which browser a person uses, in words: `Chrome on Windows`, in English, as it is stored.

Browsers say in `User-Agent` what they like, and `ua-parser` knows what each means: its rules are those that browsers'
makers and analytics share (https://github.com/ua-parser/uap-core), released every month. It is a hint for the person
who reads it, and proves nothing.
"""

from __future__ import annotations

import re

from ua_parser import parse

from app.language import marked

_READ = 512
"""Characters of the header that are read: real ones have half as many."""
_SHOWN = 120
_VARIANT = re.compile(r"\b(?:Mobile|iOS|WebView|UI/WKWebView|Headless)\b|Headless", re.IGNORECASE)
_SYSTEMS = {"Mac OS X": "macOS"}
_HANDHELD = {"iPhone", "iPad"}
_UNKNOWN = marked("An unknown browser")


def as_text(user_agent: str) -> str:
    """The browser and what it runs on."""
    found = parse(user_agent[:_READ])
    browser = " ".join(_VARIANT.sub("", found.user_agent.family).split()) if found.user_agent else ""
    device = found.device.family if found.device else ""
    system = device if device in _HANDHELD else found.os.family if found.os else ""
    words = f"{browser or _UNKNOWN} on {_SYSTEMS.get(system, system)}" if system else browser or _UNKNOWN
    return words[:_SHOWN]
