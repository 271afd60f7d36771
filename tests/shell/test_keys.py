"""The shell's keys: of three kinds, rotated at any time, and kept while the shell doesn't answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.openid import RefusedError, UnavailableError
from app.openid.signed import verify
from app.shell.keys import ALGORITHMS, ShellKeys
from tests.support.portal_shell import PortalShell, running


@pytest.fixture(scope="module")
def _running() -> Iterator[PortalShell]:
    with running() as shell:
        yield shell


@pytest.fixture
def shell(_running: PortalShell) -> PortalShell:
    _running.start_over()
    return _running


@pytest.fixture
def keys(shell: PortalShell) -> ShellKeys:
    return ShellKeys(f"{shell.url}/keys")


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_each_algorithm_of_the_contract_is_verified(
    shell: PortalShell, keys: ShellKeys, algorithm: str
) -> None:
    shell.sign_with(algorithm)
    assert verify(shell.token(sub="someone"), keys).claims["sub"] == "someone"


def test_a_new_key_is_fetched_when_a_token_names_it_and_many_unknown_ones_ask_once(
    shell: PortalShell, keys: ShellKeys
) -> None:
    verify(shell.token(), keys)
    shell.rotate()
    verify(shell.token(), keys)
    assert shell.asked == 2
    shell.rotate(publish=False)
    for _ in range(5):
        with pytest.raises(RefusedError):
            verify(shell.token(), keys)
    assert shell.asked == 2, "the last time is less than half a minute ago"


def test_known_keys_serve_while_the_shell_is_away_and_for_unknown_ones_it_says_so(
    shell: PortalShell, keys: ShellKeys
) -> None:
    old = shell.token()
    verify(old, keys)
    shell.is_down = True
    shell.rotate()
    with pytest.raises(UnavailableError, match="can't be fetched"):
        verify(shell.token(), keys)
    assert verify(old, keys)
    with pytest.raises(UnavailableError):
        ShellKeys(f"{shell.url}/keys").find("EdDSA", "any")


def test_an_algorithm_outside_the_contract_asks_no_one(shell: PortalShell, keys: ShellKeys) -> None:
    for algorithm in ("none", "HS256", "PS256", "ES384", "Ed25519"):
        with pytest.raises(RefusedError, match="isn't accepted"):
            keys.find(algorithm, None)
    assert shell.asked == 0
