"""URLs of our own pages: which organization they are for, and whether a given URL is ours."""

from __future__ import annotations

from urllib.parse import urlsplit

PARAMETER = "org"
"""Names the organization that an address is for (`app.web.drawn_for`)."""

_PAGES = ("/billing", "/workplace")
"""Where the pages of owners are."""


def own_address(wanted: str | None, *, otherwise: str) -> str:
    """`wanted` where it is an address of a billing page or of an invitation, on this host; else `otherwise`."""
    if not (wanted or "").isprintable():
        return otherwise
    parts = urlsplit((wanted or "").replace("\\", "/"))
    is_ours = parts.path.startswith((*_PAGES, "/invitations/")) and not parts.scheme and not parts.netloc
    return wanted if wanted and is_ours else otherwise


def for_organization(address: str, slug: str) -> str:
    """An address of one of our pages, naming the organization that it is for; another's name in it is replaced."""
    path, hash_, fragment = address.partition("#")
    path, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(f"{PARAMETER}=")]
    return f"{path}?{'&'.join([*kept, f'{PARAMETER}={slug}'])}{hash_}{fragment}"


def in_mail(path: str, slug: str) -> str:
    """The path that an email about an organization leads to: anyone who owns others too may look at one of those."""
    return for_organization(path, slug) if path.startswith(_PAGES) else path
