"""Those who sign people in for us publish keys that can be used: the shell, and the identity provider."""

from __future__ import annotations

from collections.abc import Iterator

from app.doctor.findings import Finding, ok, problem
from app.doctor.installation import Installation
from app.openid import UnavailableError, http, keys, metadata

_SHELL = (
    "Check SHELL_JWKS_URL, and that this machine reaches it; ask the shell's engineers for what it answers."
)
_PROVIDER = "Check OIDC_ISSUER, and that this machine reaches the provider."


def check_shell(installation: Installation) -> Iterator[Finding]:
    """The shell's keys (JWKS)."""
    shell = installation.settings.shell
    if shell is None:
        yield ok("No shell signs people in (SHELL_ISSUER isn't set).")
        return
    yield from _keys("The shell", shell.keys_url, _SHELL)


def check_provider(installation: Installation) -> Iterator[Finding]:
    """The provider's document and its keys (JWKS)."""
    provider = installation.settings.identity_provider
    if provider is None:
        yield ok("No identity provider is set (OIDC_ISSUER).")
        return
    try:
        found = metadata.fetch(provider.issuer)
    except UnavailableError as error:
        yield problem(f"The provider's document can't be used: {error}.", _PROVIDER)
        return
    yield from _keys("The provider", found.jwks_uri, _PROVIDER)


def _keys(who: str, url: str, to_do: str) -> Iterator[Finding]:
    try:
        usable = len(keys.read(http.get(url)))
    except UnavailableError as error:
        yield problem(f"{who}'s keys can't be fetched: {error}.", to_do)
        return
    if usable:
        yield ok(f"{who} publishes {usable} {'key' if usable == 1 else 'keys'} at {url}.")
    else:
        yield problem(f"{who} publishes no key at {url} that verifies a signature.", to_do)
