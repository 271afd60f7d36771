"""Violations of the Content-Security-Policy, in both report formats of browsers.

Anyone can send a report, and URLs in it can contain secrets: a bank's return URL has the client secret in its query,
an invitation its token in its path. So only part of a URL is kept, and nothing that isn't needed is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from flask import current_app, request
from werkzeug.exceptions import HTTPException

from app.prepared import prepare

MOST = 20
"""How many reports of one request are read; browsers batch them for about a minute."""

_LONGEST = 200
_EXTENSION = re.compile(r"[a-z-]*-extension|webkit-masked-url")
_TRUSTED_TYPES = {"trusted-types-sink", "trusted-types-policy"}
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class UnreadableError(ValueError):
    """The body is not a report."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What was blocked, by which directive, on which page, and caused by which script; without secrets in URLs.

    `sink` is what Trusted Types guarded, like `Element innerHTML`, or the name of a policy that may not be made.
    """

    directive: str
    blocked: str
    document: str
    source: str
    sink: str
    disposition: str
    of_extension: bool


class _Old(msgspec.Struct, rename="kebab"):
    """https://www.w3.org/TR/CSP3/#deprecated-serialize-violation"""

    effective_directive: str = ""
    violated_directive: str = ""
    blocked_uri: str = ""
    document_uri: str = ""
    source_file: str | None = None
    line_number: int | None = None
    script_sample: str | None = None
    disposition: str = ""


class _OldReport(msgspec.Struct):
    report: _Old = msgspec.field(name="csp-report")


class _New(msgspec.Struct, rename="camel"):
    """https://www.w3.org/TR/CSP3/#cspviolationreportbody"""

    effective_directive: str
    document_url: str | None = msgspec.field(default=None, name="documentURL")
    blocked_url: str | None = msgspec.field(default=None, name="blockedURL")
    source_file: str | None = None
    line_number: int | None = None
    sample: str | None = None
    disposition: str = ""


class _NewReport(msgspec.Struct):
    """https://www.w3.org/TR/reporting-1/#serialize-reports"""

    type: str
    body: msgspec.Raw = msgspec.Raw(b"null")


prepare(_OldReport, _NewReport, _New)


def read(content_type: str, body: bytes) -> list[Violation]:
    """The violations that a request reports, at most `MOST`; other types of reports are ignored.

    Raises `UnreadableError`.
    """
    try:
        if content_type == "application/csp-report":
            return [_from_old(msgspec.json.decode(body, type=_OldReport).report)]
        if content_type == "application/reports+json":
            sent = msgspec.json.decode(body, type=list[_NewReport])
            ours = [one for one in sent if one.type == "csp-violation"]
            return [_from_new(msgspec.json.decode(one.body, type=_New)) for one in ours[:MOST]]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnreadableError(str(error)) from error
    raise UnreadableError("neither application/csp-report nor application/reports+json")


def _from_old(report: _Old) -> Violation:
    directive = report.effective_directive or report.violated_directive
    return _violation(directive, report.blocked_uri, report.document_uri, report.script_sample, report)


def _from_new(report: _New) -> Violation:
    document, blocked = report.document_url or "", report.blocked_url or ""
    return _violation(report.effective_directive, blocked, document, report.sample, report)


def _violation(
    directive: str, blocked: str, document: str, sample: str | None, report: _Old | _New
) -> Violation:
    source = place(report.source_file or "")
    return Violation(
        directive=_text(directive.partition(" ")[0]),
        blocked=place(blocked),
        document=place(document),
        source=f"{source}:{report.line_number}" if source and report.line_number is not None else source,
        # After it comes the beginning of the string itself, which may be private.
        sink=_text((sample or "").partition("|")[0]) if blocked in _TRUSTED_TYPES else "",
        disposition="report" if report.disposition == "report" else "enforce",
        of_extension=any(_is_extension(one) for one in (blocked, report.source_file or "")),
    )


def place(address: str) -> str:
    """A URL without possible secrets: our own paths as their route, others without the query.

    If it isn't a web address, like `inline` or `data:…`, only its first word.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "unreadable"
    if parts.scheme not in {"http", "https", "ws", "wss"}:
        return _text(address.partition(":")[0])
    origin = f"{host}:{port}" if port else host
    if origin == request.host:
        return _own(parts.path)
    return _text(f"{parts.scheme}://{origin}{parts.path}")


def _own(path: str) -> str:
    """`/set-password/<token>` for any invitation; static files by their name."""
    try:
        rule, values = current_app.create_url_adapter(request).match(path, method="GET", return_rule=True)  # type: ignore[union-attr]
    except HTTPException:
        return "no page of ours"
    return _text(values["name"]) if rule.endpoint == "assets.static" else rule.rule


def _is_extension(address: str) -> bool:
    return _EXTENSION.fullmatch(address.partition(":")[0].lower()) is not None


def _text(value: str) -> str:
    return _UNPRINTABLE.sub("", value)[:_LONGEST]
