"""URLs of our own pages: which organization they are for, and whether a given URL is ours."""

from __future__ import annotations

import re

PARAMETER = "org"
"""Names the organization that an address is for (`app.web.drawn_for`)."""

_PAGES = ("/billing", "/workplace")
"""Where the pages of owners are."""
_OF_PEOPLE = ("/account", "/invitations")
"""Where the pages are that are about a person, whatever organization is in view."""
_OURS = re.compile(rf"(?:{'|'.join((*_PAGES, *_OF_PEOPLE))})(?:[/?#].*)?")


CONSOLE = "/operator"
"""Where the operators' console is, with a session of its own. Owners are never led there."""
_OF_CONSOLE = re.compile(rf"{CONSOLE}(?:[/?#].*)?")


def is_of_console(path: str) -> bool:
    """Whether a path is one of the operators' console."""
    return path == CONSOLE or path.startswith(f"{CONSOLE}/")


def own_console_address(wanted: str | None) -> str:
    """`wanted` if it is an address of the console on this host, else nothing."""
    if wanted is None or not (wanted.isascii() and wanted.isprintable()):
        return ""
    return wanted if _OF_CONSOLE.fullmatch(wanted) else ""


def own_address(wanted: str | None, *, otherwise: str) -> str:
    """`wanted` if it is the URL of a billing page, an account's or an invitation on this host; else `otherwise`.

    It is matched as it is, from its first character on. What browsers read as another host begins otherwise:
    `//host`, but also `///host`, backslashes, and any of them after spaces (https://url.spec.whatwg.org/#url-parsing).
    """
    if wanted is None or not (wanted.isascii() and wanted.isprintable()):
        return otherwise
    return wanted if _OURS.fullmatch(wanted) else otherwise


def for_organization(address: str, slug: str) -> str:
    """The URL of one of our pages with the organization that it is for, replacing any other."""
    return with_parameter(address, PARAMETER, slug)


def with_parameter(address: str, name: str, value: str) -> str:
    """A URL with a parameter, replacing any other of its name. `value` needs no quoting."""
    path, hash_, fragment = address.partition("#")
    path, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(f"{name}=")]
    return f"{path}?{'&'.join([*kept, f'{name}={value}'])}{hash_}{fragment}"


def in_mail(path: str, slug: str) -> str:
    """The path that an email about an organization links to: its reader may have another one in view."""
    return for_organization(path, slug) if path.startswith(_PAGES) else path
