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

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from app import language
from app.language.templates import translate
from app.notify import formats, stored_texts
from app.notify.emails import Email
from app.notify.mime import STOP, Written, one_line
from app.own_pages import in_mail
from app.text import shown

LONGEST_NAME = 34
"""The most characters of a name in a subject, however much room it has."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who an email is for: the organization and its time zone, the addresses of our pages and of support, and the
    locale of those who read it."""

    organization: str
    slug: str
    timezone: str
    public_url: str
    support_email: str
    locale: str = language.DEFAULT


def compose(email: Email, readers: Readers) -> Written:
    """Compose an email from its facts, for the people of an organization."""
    subject, body = render("text", email, readers)
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    _, html = render("html", email, readers, preview=_preview(text))
    return Written(one_line(subject), text, html.strip() + "\n", tag_of(readers.locale))


def render(
    part: str, email: Email, readers: Readers, *, preview: str = "", longest_name: int = LONGEST_NAME
) -> tuple[str, str]:
    """The subject and body of one part: `text`, `html`, or `note` for other ways than email. `preview` is what lists
    of emails show beside the subject, in which names have at most `longest_name` characters."""
    zone = ZoneInfo(readers.timezone)
    template = _environment(part).get_template(f"mail/{email.kind}.jinja")
    context = {
        "email": email,
        "organization": one_line(readers.organization),
        "preview": preview,
        "longest_name": longest_name,
        "lang": tag_of(readers.locale),
        "dir": language.text_direction(readers.locale),
        "stop": STOP if email.opt_out else None,
        "support_email": readers.support_email,
        "url": lambda path: f"{readers.public_url}{in_mail(path, readers.slug)}",
        "moment": partial(formats.moment, zone=zone),
        "day": formats.day,
        "days": formats.days,
        "short_day": partial(formats.short_day, zone=zone),
        "around": partial(formats.around, zone=zone),
        "rows_of": lambda rows: [(one_line(row.name), formats.money(row.amount)) for row in rows],
        "rents_of": lambda rows: [
            (stored_texts.rent(one_line(row.name)), formats.money(row.amount)) for row in rows
        ],
        "dates_of": lambda dates: [(formats.day(one.day), formats.due(one)) for one in dates],
        "rate": formats.rate,
        "layout": f"mail/_base.{part}.jinja",
        "kit": f"mail/_{part}.jinja",
    }
    with language.speaking(readers.locale):
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
    made.globals["labeled"] = formats.labeled
    made.filters |= {
        "actor": stored_texts.actor,
        "answer": stored_texts.answer,
        "brief": _brief,
        "card": stored_texts.card,
        "channel": stored_texts.channel,
        "device": stored_texts.device,
        "folded": formats.folded,
        "limit": stored_texts.limit,
        "listed": language.listed,
        "money": formats.money,
        "percent": formats.percent,
        "place": stored_texts.place,
        "translated": language.translated,
    }
    return made


@pass_context
def _brief(context: Context, name: str, most: int = 30) -> str:
    return formats.brief(name, min(most, context["longest_name"]))


def tag_of(locale: str) -> str:
    """`de-AT`, as BCP 47 has it."""
    return locale.replace("_", "-")


def _preview(text: str) -> str:
    """The first paragraph after the heading, which the subject says already."""
    return text.split("\n\n")[1]
