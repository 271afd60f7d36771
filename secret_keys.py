"""Whether a key that signs could be guessed: anyone who guesses it makes sessions of anyone."""

from __future__ import annotations

HOW_TO_MAKE_ONE = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"

DEVELOPMENT_KEY = "development-only-secret-key"
_MINIMUM_LENGTH = 32
_READ = 72
_FREE_SHARE = 0.52
"""Of the characters of a key, those that belong to no word, name, date, row of the keyboard, sequence or repetition.
In sentences, with digits in place of letters too, these are half at most; in random text nearly all."""


def weakness(key: str) -> str | None:
    """What is wrong with a key, for a sentence that begins with its name; None if it is long and random."""
    if len(key) < _MINIMUM_LENGTH:
        return f"is too short to be a secret. Use {_MINIMUM_LENGTH} characters or more"
    if DEVELOPMENT_KEY in key or _free_share(key[:_READ]) < _FREE_SHARE:
        return "can be guessed: it is made of words, repetitions or sequences. Use random characters"
    return None


def _free_share(key: str) -> float:
    # Only production asks, once; its lists are not for every command.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    found = zxcvbn(key)["sequence"]
    return sum(len(one["token"]) for one in found if one["pattern"] == "bruteforce") / len(key)
