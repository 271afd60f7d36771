"""`/dev/components`: the components of the pages, each in all of its states, in the light and in the dark.

Open to anyone who can reach the demo; `demo.application` registers it nowhere else.
"""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from markupsafe import Markup

from app.clock import utc_now
from app.models import CallingState
from demo.components import forms, samples

blueprint = Blueprint(
    "components", __name__, url_prefix="/dev/components", template_folder="templates", static_folder="static"
)

THEMES = ("light", "dark")
_IDS = re.compile(r'(?<=[ "])(id|for|aria-labelledby|aria-describedby|list)="([^"]+)"')
_ANCHORS = re.compile(r'href="#([^"]+)"')


@blueprint.get("")
def index() -> str:
    """All components, in the theme that is asked for, or as the system has it."""
    theme = request.args.get("theme", "")
    now = utc_now()
    return render_template(
        "components_shown/index.html",
        theme=theme if theme in THEMES else "",
        themes=THEMES,
        balances=samples.balances(now),
        states=list(CallingState),
        lines=samples.history(now),
        calls=samples.calls(now),
        filled=forms.filled(),
        refused=forms.refused(),
    )


@blueprint.app_template_filter("with_own_ids")
def with_own_ids(html: Markup, place: int) -> Markup:
    """A component's markup with ids of its own, so that it can be on one page in several states."""
    renamed = _IDS.sub(
        lambda found: f'{found[1]}="{" ".join(f"s{place}-{one}" for one in found[2].split())}"', str(html)
    )
    return Markup(_ANCHORS.sub(lambda found: f'href="#s{place}-{found[1]}"', renamed))  # noqa: S704 - our own markup
