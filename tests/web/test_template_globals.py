"""Templates and what they import see the globals that they'd see in Flask's own environment."""

from __future__ import annotations

from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader

from app.web.template_globals import PageEnvironment

PAGE = "{% from 'macros.html' import said %}{{ said() }} {{ word|default('nothing') }}"
TEMPLATES = {
    "macros.html": "{% macro said() %}{{ word|default('nothing') }}{% endmacro %}",
    "page.html": PAGE,
}


def rendered(kind: type[Environment]) -> list[str]:
    """What pages say as globals come, of all templates and of one, and as a page is rendered with values."""
    app = Flask(__name__)
    app.jinja_environment = kind
    made = app.jinja_env
    made.loader = DictLoader(TEMPLATES)
    said = [made.get_template("page.html").render(), made.get_template("page.html").render(word="given")]
    made.globals["word"] = "everywhere"
    said += [made.get_template("page.html").render(), made.from_string(PAGE).render()]
    said += [made.from_string(PAGE, globals={"other": "too"}).render()]
    said += [made.from_string(PAGE, globals={"word": "here"}).render()]
    said += [made.get_template("page.html", globals={"more": "of it"}).render(word="given")]
    return [*said, made.get_template("page.html").render()]


def test_they_see_what_they_see_in_flasks_own() -> None:
    said = rendered(PageEnvironment)
    assert said == rendered(Environment)
    assert len(set(said)) > 3
