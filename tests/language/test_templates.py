"""Templates write for their reader, and not for the one before."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from app.language import locale, speaking
from app.language.templates import translate
from app.web.formatting import number


@pytest.mark.parametrize(
    ("template", "american", "german"),
    [
        ('{{ "text"|where }}', "en_US", "de_DE"),
        ("{{ 1204|number }}", "1,204", "1.204"),
        ('{{ "text"|where ~ "!" }}', "en_US!", "de_DE!"),
        ('{% if "text"|where == "de_DE" %}yes{% else %}no{% endif %}', "no", "yes"),
        ('{% for one in ("a", "b") %}{{ one|where }}{{ "c"|where }} {% endfor %}', "en_US" * 2, "de_DE" * 2),
    ],
)
def test_nothing_is_kept_from_the_first_reader(template: str, american: str, german: str) -> None:
    environment = Environment(autoescape=True)
    translate(environment)
    environment.filters |= {"where": lambda _text: locale(), "number": number}
    made = environment.from_string(template)
    for reader, expected in (("en_US", american), ("de_DE", german), ("en_US", american)):
        with speaking(reader):
            assert expected in made.render()
