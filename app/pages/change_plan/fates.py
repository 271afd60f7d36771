"""What becomes of what a plan doesn't allow, in sentences: which agents are switched off, and which stay on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.billing.plans.losses import TooMany
from app.language import listed, ngettext, npgettext, pgettext
from app.pages.change_plan.routes import blueprint
from app.web.formatting import number

_NAMED = 20
"""So many names are listed."""


@blueprint.app_template_filter()
def fates(one: TooMany) -> Iterator[str]:
    """The sentences about resources over a limit, and about those that stay. None for what only has to wait.

    Names may be known of all, of some or of none: the platform reports them apart from the counts.
    """
    if one.resource not in _GO:
        return
    yield _GO[one.resource](one)
    stay = _STAY[one.resource]
    if one.allowed and len(one.within) == one.allowed and one.allowed <= 2:
        yield stay(len(one.within), listed(one.within), None)
    elif one.allowed:
        yield stay(one.allowed, None, number(one.allowed))


def _agents_go(one: TooMany) -> str:
    num, names = number(one.over), _names(one)
    if len(one.names) == one.over:
        return ngettext(
            "This agent will be switched off: %(names)s.",
            "These %(num)s agents will be switched off: %(names)s.",
            one.over,
            num=num,
            names=names,
        )
    if one.names:
        return ngettext(
            "%(num)s agent will be switched off, including %(names)s.",
            "%(num)s agents will be switched off, including %(names)s.",
            one.over,
            num=num,
            names=names,
        )
    return ngettext(
        "%(num)s agent will be switched off.", "%(num)s agents will be switched off.", one.over, num=num
    )


def _numbers_go(one: TooMany) -> str:
    num, names = number(one.over), _names(one)
    if len(one.names) == one.over:
        return ngettext(
            "This number will stop taking calls: %(names)s.",
            "These %(num)s numbers will stop taking calls: %(names)s.",
            one.over,
            num=num,
            names=names,
        )
    if one.names:
        return ngettext(
            "%(num)s number will stop taking calls, including %(names)s.",
            "%(num)s numbers will stop taking calls, including %(names)s.",
            one.over,
            num=num,
            names=names,
        )
    return ngettext(
        "%(num)s number will stop taking calls.",
        "%(num)s numbers will stop taking calls.",
        one.over,
        num=num,
    )


def _campaigns_go(one: TooMany) -> str:
    num, names = number(one.over), _names(one)
    if len(one.names) == one.over:
        return ngettext(
            "This campaign will be paused: %(names)s.",
            "These %(num)s campaigns will be paused: %(names)s.",
            one.over,
            num=num,
            names=names,
        )
    if one.names:
        return ngettext(
            "%(num)s campaign will be paused, including %(names)s.",
            "%(num)s campaigns will be paused, including %(names)s.",
            one.over,
            num=num,
            names=names,
        )
    return ngettext(
        "%(num)s campaign will be paused.", "%(num)s campaigns will be paused.", one.over, num=num
    )


def _agents_stay(count: int, names: str | None, num: str | None) -> str:
    if names is not None:
        return npgettext("agents", "%(names)s stays on.", "%(names)s stay on.", count, names=names)
    return npgettext("agents", "The oldest stays on.", "The %(num)s oldest stay on.", count, num=num)


def _numbers_stay(count: int, names: str | None, num: str | None) -> str:
    if names is not None:
        return npgettext("numbers", "%(names)s stays active.", "%(names)s stay active.", count, names=names)
    return npgettext("numbers", "The oldest stays active.", "The %(num)s oldest stay active.", count, num=num)


def _campaigns_stay(count: int, names: str | None, num: str | None) -> str:
    if names is not None:
        return npgettext("campaigns", "%(names)s stays active.", "%(names)s stay active.", count, names=names)
    return npgettext(
        "campaigns", "The oldest stays active.", "The %(num)s oldest stay active.", count, num=num
    )


def _names(one: TooMany) -> str:
    names, more = listed(one.names[:_NAMED], "unit"), len(one.names) - _NAMED
    if more <= 0 or len(one.names) < one.over:
        return names
    return pgettext("so many of a list", "%(names)s and %(num)s more", names=names, num=number(more))


_GO: dict[str, Callable[[TooMany], str]] = {
    "agents": _agents_go,
    "phone_numbers": _numbers_go,
    "campaigns": _campaigns_go,
}
_STAY: dict[str, Callable[[int, str | None, str | None], str]] = {
    "agents": _agents_stay,
    "phone_numbers": _numbers_stay,
    "campaigns": _campaigns_stay,
}
