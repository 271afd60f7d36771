"""The mail server that `SMTP_URL` names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from environ import SettingsError

Security = Literal["starttls", "tls", "none"]

_SECURITY: dict[str, tuple[Security, int]] = {
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp": ("none", 25),
}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_EXAMPLE = "Write it like smtp+starttls://user:password@mail.example:587."


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server: its address, encryption, and credentials."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = None

    @classmethod
    def parse(cls, url: str) -> SmtpServer:
        """Parse the setting. Raises `SettingsError`, whose message never contains the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise SettingsError(f"SMTP_URL has no usable host and port. {_EXAMPLE}") from error
        if parts.scheme not in _SECURITY:
            known = ", ".join(f"{scheme}://" for scheme in _SECURITY)
            raise SettingsError(f"SMTP_URL must start with one of {known}. {_EXAMPLE}")
        _check_address(parts)
        security, usual_port = _SECURITY[parts.scheme]
        server = cls(
            host=parts.hostname or "",
            port=port or usual_port,
            security=security,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )
        server._check_protection()
        return server

    def _check_protection(self) -> None:
        """Refuse to send passwords and payment details over a network unencrypted."""
        if self.security == "none" and self.host not in _THIS_MACHINE:
            raise SettingsError(
                f"SMTP_URL would send mail to {self.host} unencrypted. Use smtp+starttls:// or smtps://; "
                "smtp:// is for a relay on this machine."
            )


def _check_address(parts: SplitResult) -> None:
    if not parts.hostname:
        raise SettingsError(f"SMTP_URL names no host. {_EXAMPLE}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(
            "SMTP_URL has something after the port. Characters like / ? # @ in a user name or password "
            f"are written %2F %3F %23 %40. {_EXAMPLE}"
        )
    if bool(parts.username) != bool(parts.password):
        raise SettingsError(f"SMTP_URL has a user name without a password, or the reverse. {_EXAMPLE}")
