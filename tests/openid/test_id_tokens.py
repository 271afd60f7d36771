"""Hostile ID tokens: each is what a provider's answer could be, or what someone put in its place, and none signs in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from app.openid import Client, RefusedError
from app.openid.signed import LONGEST
from tests.openid.flow import sign_in
from tests.support.openid_provider import (
    CLIENT_ID,
    Claims,
    Provider,
    forged,
    signed_with_the_public_key,
    unsigned,
)

MISSING = object()


@dataclass(frozen=True)
class In:
    """A time that is these seconds after the token is made, not after this file was imported."""

    seconds: int


def changed(**changes: Any) -> Callable[[Claims], Claims]:
    """The claims with some of them changed, or left out."""

    def change(claims: Claims) -> Claims:
        now = int(time.time())
        wanted = {name: now + one.seconds if isinstance(one, In) else one for name, one in changes.items()}
        return {name: one for name, one in (claims | wanted).items() if one is not MISSING}

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed(iss="https://evil.example"),
        changed(iss=MISSING),
        lambda claims: claims | {"iss": claims["iss"] + "/"},
        lambda claims: claims | {"iss": [claims["iss"]]},
        changed(aud="another"),
        changed(aud=MISSING),
        changed(aud=[]),
        changed(aud=["another", "third"]),
        changed(aud=[CLIENT_ID, "another"]),
        changed(aud=[CLIENT_ID, "another"], azp="another"),
        changed(aud=CLIENT_ID, azp="another"),
        changed(aud={CLIENT_ID: 1}),
        changed(sub=MISSING),
        changed(sub=""),
        changed(sub=7),
        changed(sub=None),
        changed(sub="a" * 256),
        changed(sub="dañá"),
        changed(sub="a\nb"),
        changed(exp=MISSING),
        changed(exp=In(-61)),
        changed(exp="soon"),
        changed(exp=None),
        changed(iat=MISSING),
        changed(iat=In(-3600)),
        changed(iat=In(3600)),
        changed(iat="now"),
        changed(iat=True),
        changed(iat=1e300),
        changed(nbf=In(3600)),
        changed(nonce=MISSING),
        changed(nonce="another"),
        changed(nonce=""),
        lambda claims: claims | {"nonce": [claims["nonce"]]},
        changed(auth_time="now"),
        changed(auth_time=True),
        changed(auth_time=In(3600)),
        changed(auth_time=1e300),
        changed(amr="mfa"),
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong_is_refused(
    client: Client, provider: Provider, change: Callable[[Claims], Claims]
) -> None:
    provider.change = change
    with pytest.raises(RefusedError):
        sign_in(client, provider)


@pytest.mark.parametrize(
    "change",
    [
        changed(aud=[CLIENT_ID]),
        changed(aud=[CLIENT_ID], azp=CLIENT_ID),
        changed(aud=[CLIENT_ID, "another"], azp=CLIENT_ID),
        changed(iat=In(20), nbf=In(20)),
        changed(iat=In(-30), exp=In(-20)),
        changed(auth_time=In(20)),
        changed(amr=["pwd", "mfa"], acr="2"),
    ],
)
def test_what_the_standard_allows_and_clocks_that_differ_by_less_than_a_minute_are_fine(
    client: Client, provider: Provider, change: Callable[[Claims], Claims]
) -> None:
    provider.change = change
    assert sign_in(client, provider).subject == "2f1c"


def test_how_someone_signed_in_is_told(client: Client, provider: Provider) -> None:
    provider.person.claims |= {"amr": ["pwd", "mfa", 7], "acr": "gold"}
    assert sign_in(client, provider).proofs == {"pwd", "mfa", "gold"}


def test_a_token_without_a_signature_is_none(client: Client, provider: Provider) -> None:
    provider.make = unsigned
    with pytest.raises(RefusedError, match="'none' isn't accepted"):
        sign_in(client, provider)


def test_the_public_key_is_no_shared_secret(client: Client, provider: Provider) -> None:
    provider.make = signed_with_the_public_key(provider)
    with pytest.raises(RefusedError, match="'HS256' isn't accepted"):
        sign_in(client, provider)


def test_another_key_under_the_known_name_is_refused(client: Client, provider: Provider) -> None:
    thief = RSAKey.generate_key(2048, {"kid": provider.key.get("kid")})
    published, provider.key = provider.published, thief
    provider.published = published
    with pytest.raises(RefusedError, match="BadSignature"):
        sign_in(client, provider)


def test_a_key_that_the_token_brings_along_or_points_to_is_not_used(
    client: Client, provider: Provider
) -> None:
    thief = RSAKey.generate_key(2048, auto_kid=True)
    provider.key = thief
    for header in (
        {"jwk": thief.as_dict(private=False)},
        {"jku": f"{provider.url}/evil-keys"},
        {"x5u": f"{provider.url}/evil-keys"},
    ):
        provider.header = header
        with pytest.raises(RefusedError):
            sign_in(client, provider)
    assert "/evil-keys" not in provider.fetched


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"typ": "logout+jwt"},
        {"typ": 7},
        {"kid": 7},
        {"kid": "../../keys"},
        {"crit": ["exp"], "exp": 1},
        {"b64": False, "crit": ["b64"]},
    ],
)
def test_a_header_that_says_something_else_is_refused(
    client: Client, provider: Provider, header: dict[str, Any]
) -> None:
    provider.make = forged(provider, header)
    with pytest.raises(RefusedError):
        sign_in(client, provider)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "a.b.c.d.e", "eyJhbGciOiJSUzI1NiJ9..", "é.é.é", "a" * (LONGEST + 1), "[" * 9000],
)
def test_what_is_no_token_is_refused(client: Client, provider: Provider, token: str) -> None:
    provider.make = lambda _: token
    with pytest.raises(RefusedError):
        sign_in(client, provider)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_that_was_changed_on_the_way_is_refused(
    client: Client, provider: Provider, part: int
) -> None:
    honest = provider.make

    def make(claims: Claims) -> str:
        parts = honest(claims).split(".")
        middle = len(parts[part]) // 2
        letter = "A" if parts[part][middle] != "A" else "B"
        parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]
        return ".".join(parts)

    provider.make = make
    with pytest.raises(RefusedError):
        sign_in(client, provider)


def test_the_token_of_another_sign_in_is_refused(client: Client, provider: Provider) -> None:
    made: list[str] = []
    honest = provider.make
    provider.make = lambda claims: made.append(honest(claims)) or made[0]  # type: ignore[func-returns-value]
    sign_in(client, provider)
    with pytest.raises(RefusedError, match="nonce"):
        sign_in(client, provider)
