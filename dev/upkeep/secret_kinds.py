"""What secrets look like: keys by the prefix that those who make them give them, and values with a telling name."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

LEAST_BITS = 3.5
"""Bits of entropy a character from which a value with a telling name looks drawn by chance: words have about 3."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of secret. Where the pattern has a group, that is the secret."""

    name: str
    pattern: re.Pattern[bytes]
    is_drawn: bool = False
    """Whether only values count that look drawn by chance."""


KINDS = (
    Kind("private key", re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*([A-Za-z0-9+/=\s]{60,})")),
    Kind("key of Stripe", re.compile(rb"\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}")),
    Kind("signing secret", re.compile(rb"\bwhsec_[0-9A-Za-z+/]{24,}={0,2}")),
    Kind("token of this API", re.compile(rb"\bvpb_[0-9A-Za-z]{71}\b")),
    Kind("key of AWS", re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    Kind("token of GitHub", re.compile(rb"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{60,})")),
    Kind("token of Slack", re.compile(rb"\bxox[abprs]-[0-9A-Za-z-]{10,}")),
    Kind("key of Google", re.compile(rb"\bAIza[0-9A-Za-z_-]{35}\b")),
    Kind(
        "JSON Web Token",
        re.compile(rb"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}"),
    ),
    Kind("password in an address", re.compile(rb"://([^\s:/@'\"<>{}$]+:[^\s:/@'\"<>{}$]{6,}@[A-Za-z0-9.-]+)")),
    Kind(
        "value named as a secret",
        re.compile(
            rb"(?:[Ss]ecret|SECRET|[Tt]oken|TOKEN|[Pp]assword|PASSWORD|[Aa]pi_?[Kk]ey|API_KEY|private_key|PRIVATE_KEY)"
            rb"[A-Za-z_]*[\"']?\s*[:=]\s*[\"']([0-9A-Za-z+/_=-]{20,})[\"']"
        ),
        is_drawn=True,
    ),
)  # fmt: skip


def find(content: bytes) -> Iterator[tuple[Kind, bytes]]:
    """Each secret in a content, with its kind."""
    for kind in KINDS:
        for match in kind.pattern.finditer(content):
            secret = match[match.re.groups]
            if not kind.is_drawn or bits_a_character(secret) >= LEAST_BITS:
                yield kind, secret


def bits_a_character(value: bytes) -> float:
    """Shannon's entropy of a value, in bits a character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
