"""A person's keyboard shortcuts: which keys do what, and whether any do (WCAG 2.2, 2.1.4 Character Key Shortcuts).

What has keys, and which are the usual ones, is up to the caller: `usual` is the keys by the name of an action. Only
what differs from them is stored. Keys are one character, or two to be pressed one after the other: `t`, `g w`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from app.language import gettext
from app.models import User

MOST = 2
"""How many keys can be pressed one after the other."""


class KeysError(ValueError):
    """Keys that can't be used; the message says what to enter instead."""


def keys_of(user: User, usual: Mapping[str, str]) -> dict[str, str]:
    """The keys by action. Where keys that became usual later collide with the person's own, their own stay."""
    chosen = user.shortcuts or {}
    own = {action: keys for action, keys in chosen.items() if action in usual}
    found = {action: own.get(action, keys) for action, keys in usual.items()}
    return {
        action: "" if action not in own and any(_collide(keys, one) for one in own.values()) else keys
        for action, keys in found.items()
    }


def parse(text: str) -> str:
    """Parse keys as a person types them: `gw` and `G W` are `g w`, nothing is no key. Raises `KeysError`."""
    pressed = "".join(unicodedata.normalize("NFC", text).lower().split())
    if len(pressed) > MOST:
        raise KeysError(gettext("Enter one key, or two to be pressed one after the other, like g w."))
    if any(unicodedata.category(one)[0] in "CMZ" for one in pressed):
        raise KeysError(gettext("Enter a letter, digit or sign that a key types, like t or g w."))
    return " ".join(pressed)


def find_collisions(keys: Mapping[str, str]) -> dict[str, str]:
    """Which actions have keys that another one before them has, or begins with; by action, the name of the other."""
    actions = [action for action in keys if keys[action]]
    return {
        action: other
        for place, action in enumerate(actions)
        for other in reversed(actions[:place])
        if _collide(keys[action], keys[other])
    }


def save(user: User, keys: Mapping[str, str], usual: Mapping[str, str], *, off: bool) -> None:
    """Store a person's keys, which collide with none, and whether they are off. In the caller's transaction."""
    differing = {action: one for action, one in keys.items() if one != usual.get(action)}
    user.shortcuts, user.shortcuts_off = differing or None, off


def _collide(one: str, other: str) -> bool:
    """Whether one of them is done before the other can be pressed."""
    return bool(one and other) and (one.startswith(other) or other.startswith(one))
