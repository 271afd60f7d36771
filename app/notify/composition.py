"""Composes emails: one template per kind, rendered as plain text and as HTML.

A kind's template says everything once, in paragraphs, rows and buttons; what those are in plain text and in HTML is
in `mail/_text.jinja` and `mail/_html.jinja`. So the two parts can't diverge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.language.templates import translate
from app.notify import formats
from app.notify.emails import Email
from app.notify.mime import STOP, Written, one_line
from app.own_pages import in_mail
from app.text import shown


@dataclass(frozen=True, slots=True)
class Readers:
    """Who an email is for: the organization and its time zone, and the addresses of our pages and of support."""

    organization: str
    slug: str
    timezone: str
    public_url: str
    support_email: str


def compose(email: Email, readers: Readers) -> Written:
    """Compose an email from its facts, for the people of an organization."""
    subject, body = render("text", email, readers)
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    _, html = render("html", email, readers, preview=_preview(text))
    return Written(subject=one_line(subject), text=text, html=html.strip() + "\n")


def render(part: str, email: Email, readers: Readers, *, preview: str = "") -> tuple[str, str]:
    """The subject and body of one part: `text`, `html`, or `note` for other ways than email. `preview` is what lists
    of emails show beside the subject."""
    zone = ZoneInfo(readers.timezone)
    template = _environment(part).get_template(f"mail/{email.kind}.jinja")
    context = {
        "email": email,
        "organization": one_line(readers.organization),
        "preview": preview,
        "stop": STOP if email.opt_out else None,
        "support_email": readers.support_email,
        "url": lambda path: f"{readers.public_url}{in_mail(path, readers.slug)}",
        "moment": partial(formats.moment, zone=zone),
        "day": formats.day,
        "days": formats.days,
        "short_day": partial(formats.short_day, zone=zone),
        "around": partial(formats.around, zone=zone),
        "rows_of": lambda rows: [(one_line(row.name), formats.money(row.amount)) for row in rows],
        "dates_of": lambda dates: [(formats.day(one.day), formats.due(one)) for one in dates],
        "layout": f"mail/_base.{part}.jinja",
        "kit": f"mail/_{part}.jinja",
    }
    module: Any = template.make_module(context)
    return str(module.subject), str(module)


@cache
def _environment(part: str) -> Environment:
    made = Environment(
        loader=PackageLoader("app"),
        autoescape=part == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    translate(made)
    made.filters |= {"money": formats.money, "folded": formats.folded, "brief": formats.brief}
    return made


def _preview(text: str) -> str:
    """The first paragraph after the heading, which the subject says already."""
    return text.split("\n\n")[1]
