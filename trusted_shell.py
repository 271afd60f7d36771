"""The Voice Portal shell that shows the pages in a frame and signs people in: what the settings say about it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from environ import Environ
from identity_provider import is_allowed


@dataclass(frozen=True, slots=True)
class TrustedShell:
    """Whose tokens are trusted. `issuer` is what they say in `iss`, `keys_url` where the shell publishes its keys
    (JWKS). A session ends `session_minutes` after its last token."""

    issuer: str
    keys_url: str
    session_minutes: int


def read(env: Environ) -> TrustedShell | None:
    """The shell whose tokens sign people in; None without an issuer, and where the settings are refused."""
    issuer, keys_url = env.text("SHELL_ISSUER", ""), env.text("SHELL_JWKS_URL", "")
    minutes = env.at_least_one("SHELL_SESSION_MINUTES", 15)
    shell = TrustedShell(issuer, keys_url, minutes) if issuer else None
    if (wrong := problem(shell, keys_url, env.words("SHELL_ORIGINS", ""))) is not None:
        env.refuse(wrong)
        return None
    return shell


def problem(shell: TrustedShell | None, keys_url: str, origins: tuple[str, ...]) -> str | None:
    """What is wrong with the settings, as a sentence that names one; None if they can be used."""
    for origin in origins:
        if not is_origin(origin):
            return (
                f"SHELL_ORIGINS has {origin!r}, which is no origin. Write scheme and host, like "
                "https://portal.example, without a path or a / at the end."
            )
    if shell is None:
        return "SHELL_ISSUER is not set, but SHELL_JWKS_URL is. Set both, or neither." if keys_url else None
    if not keys_url or not is_allowed(keys_url.partition("?")[0]):
        return "SHELL_JWKS_URL must be the https address of the shell's public keys, because SHELL_ISSUER is set."
    if not origins:
        return (
            "SHELL_ORIGINS is not set, but SHELL_ISSUER is. Name the shell's origins, which show the pages."
        )
    return None


def is_origin(text: str) -> bool:
    """Whether it is an origin as browsers write it: scheme and host, and a port that isn't the usual one."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    named = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    written = f"{parts.scheme}://{named}" + (f":{port}" if port is not None and port != usual else "")
    return usual is not None and bool(host) and text == written and "*" not in host
