"""Why a token of the shell isn't accepted."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong, as operators find it in the log and integrators in the messages of the frame."""

    NOT_SET_UP = "not_set_up"
    MALFORMED = "malformed"
    UNTRUSTED = "untrusted"  # its signature is not by a key of the shell's
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    EXPIRED = "expired"
    CLOCK_DIFFERS = "clock_differs"
    TOO_LONG = "too_long"  # good for longer than it may be
    CLAIM_MISSING = "claim_missing"  # or can't be used
    REPLAYED = "replayed"
    KEYS_UNAVAILABLE = "keys_unavailable"
    UNKNOWN_ROLE = "unknown_role"
    ADDRESS_TAKEN = "address_taken"
    CONNECT_FIRST = "connect_first"  # the address has an account that its person signs in to otherwise
    OTHER_SESSION = "other_session"  # renews a session that isn't this person's
    TOO_OFTEN = "too_often"  # more tokens than a browser needs
    BUSY = "busy"  # ours to answer for: the token may have been good


class ShellSignInError(Exception):
    """The shell's token signs no one in. `detail` is for operators: it has no token in it, and nothing personal.
    `again_after` is in how many seconds another may, where that is known."""

    def __init__(self, reason: Reason, detail: str = "", *, again_after: int = 0) -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason, self.detail, self.again_after = reason, detail, again_after
