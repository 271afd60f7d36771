"""Keys: fetched once, again where one is new, and only those that a signature may be made with."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from app.openid import Client, RefusedError, UnavailableError
from app.openid.keys import Keys, read
from tests.openid.flow import CALLBACK, sign_in
from tests.support.openid_provider import Provider, an_ec_key, an_ed25519_key

# Made in the tests: every run that collects them would wait for the keys.
rsa, ec, octets = RSAKey.generate_key, ECKey.generate_key, OctKey.generate_key


def a_short_key() -> Key:
    with warnings.catch_warnings(action="ignore"):
        return rsa(1024)


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (partial(rsa, 2048, auto_kid=True), "RS256"),
        (partial(rsa, 3072, auto_kid=True), "PS256"),
        (an_ec_key, "ES256"),
        (an_ed25519_key, "EdDSA"),
        (an_ed25519_key, "Ed25519"),
    ],
)
def test_keys_of_these_kinds_sign(
    client: Client, provider: Provider, make: Callable[[], Key], algorithm: str
) -> None:
    provider.rotate(make(), algorithm)
    assert sign_in(client, provider).subject == "2f1c"


def test_a_new_key_is_fetched_when_it_is_first_used(client: Client, provider: Provider) -> None:
    for _ in range(3):
        sign_in(client, provider)
    assert provider.fetched["/keys"] == 1
    provider.rotate()
    sign_in(client, provider)
    assert provider.fetched["/keys"] == 2


def test_a_key_that_no_one_knows_is_looked_for_once_not_each_time(client: Client, provider: Provider) -> None:
    provider.header = {"kid": "unknown"}
    for _ in range(5):
        with pytest.raises(RefusedError, match="0 keys fit"):
            sign_in(client, provider)
    assert provider.fetched["/keys"] == 2
    provider.header = {}
    assert sign_in(client, provider).subject == "2f1c", "and no one else is kept out by it"


def test_without_a_name_the_only_key_of_its_kind_is_meant(client: Client, provider: Provider) -> None:
    provider.published.append(an_ec_key())
    provider.make = lambda claims: jwt.encode({"alg": "RS256"}, claims, provider.key, ["RS256"])
    assert sign_in(client, provider).subject == "2f1c"
    provider.rotate(keep_old=True)
    with pytest.raises(RefusedError, match="2 keys fit"):
        sign_in(Client(provider.settings(), CALLBACK), provider)


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (a_short_key, "RS256"),
        (partial(rsa, 2048, {"use": "enc"}), "RS256"),
        (partial(rsa, 2048, {"alg": "RS512"}), "RS256"),
        (partial(ec, "P-256"), "RS256"),
        (partial(ec, "P-384"), "ES256"),
        (partial(rsa, 2048), "ES256"),
        (partial(octets, 256), "HS256"),
        (partial(octets, 256), "RS256"),
    ],
)
def test_a_key_that_is_weak_or_for_something_else_verifies_nothing(
    make: Callable[[], Key], algorithm: str
) -> None:
    key = make()
    # As an attacker would publish it, if they could.
    published = key.as_dict() if isinstance(key, OctKey) else key.as_dict(private=False)
    with pytest.raises(RefusedError):
        Keys(lambda: {"keys": [dict(published) | {"kid": "a"}]}).find(algorithm, "a")


@pytest.mark.parametrize(
    "content",
    [{}, {"keys": None}, {"keys": "a"}, {"keys": [1, None, [], {}]}, {"keys": [{"kty": "RSA", "n": 1}]},
     {"keys": [{"kty": "RSA", "n": "", "e": ""}]}, {"keys": [{"kty": "post-quantum"}]},
     {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}],
)  # fmt: skip
def test_whatever_is_in_the_set_does_no_harm(content: dict[str, Any]) -> None:
    good = RSAKey.generate_key(2048, {"kid": "good"}).as_dict(private=False)
    assert read(content) == []
    listed = content.get("keys")
    both = {"keys": [*(listed if isinstance(listed, list) else []), good]}
    assert [key.get("kid") for key in read(both)] == ["good"]


def test_where_the_keys_are_away_no_one_is_refused_for_good(client: Client, provider: Provider) -> None:
    provider.document = {"jwks_uri": f"{provider.url}/gone"}
    with pytest.raises(UnavailableError):
        sign_in(client, provider)
