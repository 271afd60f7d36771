"""Where people sign in who come by an identity provider: what the settings say about it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from environ import Environ

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An OpenID provider, and how its claims are read.

    `name` is what people call it. `owner_roles` and `member_roles` are the provider's words for our roles.
    `second_factors` are the values of `amr` or `acr` that say that a second factor was used.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    organization_claim: str
    organization_name_claim: str
    roles_claim: str
    owner_roles: tuple[str, ...]
    member_roles: tuple[str, ...]
    email_verified_claim: str
    second_factors: tuple[str, ...]


def read(env: Environ) -> IdentityProvider | None:
    """The provider that people may sign in with; None without an issuer, and where the settings are refused."""
    issuer = env.text("OIDC_ISSUER", "")
    if not issuer:
        return None
    provider = IdentityProvider(
        name=env.text("OIDC_NAME", "your organization"),
        issuer=issuer,
        client_id=env.text("OIDC_CLIENT_ID", ""),
        client_secret=env.text("OIDC_CLIENT_SECRET", ""),
        scopes=env.words("OIDC_SCOPES", "openid email profile"),
        organization_claim=env.text("OIDC_ORGANIZATION_CLAIM", "org"),
        organization_name_claim=env.text("OIDC_ORGANIZATION_NAME_CLAIM", "org_name"),
        roles_claim=env.text("OIDC_ROLES_CLAIM", "roles"),
        owner_roles=env.words("OIDC_OWNER_ROLES", "org_admin"),
        member_roles=env.words("OIDC_MEMBER_ROLES", "member"),
        email_verified_claim=env.text("OIDC_EMAIL_VERIFIED_CLAIM", "email_verified"),
        second_factors=env.words("OIDC_SECOND_FACTORS", ""),
    )
    if (wrong := problem(provider)) is not None:
        env.refuse(wrong)
        return None
    return provider


def problem(provider: IdentityProvider) -> str | None:
    """What is wrong with the settings, as a sentence that names one; None if they can be used."""
    for name in ("client_id", "client_secret"):
        if not getattr(provider, name):
            return f"OIDC_{name.upper()} is not set, but OIDC_ISSUER is. Set both, or neither."
    if not is_allowed(provider.issuer):
        return "OIDC_ISSUER must be an https address without ? and #, exactly as the provider's own document says."
    if "openid" not in provider.scopes:
        return "OIDC_SCOPES must have openid among them: without it, no one tells who signs in."
    if both := set(provider.owner_roles) & set(provider.member_roles):
        return f"OIDC_OWNER_ROLES and OIDC_MEMBER_ROLES both have {min(both)!r}. A role means one thing."
    return None


def is_allowed(address: str) -> bool:
    """Whether a provider may be asked at an address: by https, or on this machine."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return (
        is_safe
        and bool(parts.hostname)
        and not parts.query
        and not parts.fragment
        and "@" not in parts.netloc
    )
