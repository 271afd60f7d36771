"""The space that is left out of styles says nothing; what says something stays."""

from __future__ import annotations

import pytest

from app.web.tight_styles import tightened


@pytest.mark.parametrize(
    ("style", "served"),
    [
        (".a { color: red; }\n\n.b { color: blue; }", ".a{color:red;}.b{color:blue;}"),
        (".a,\n.b { margin: 0 auto; }", ".a,.b{margin:0 auto;}"),
        (".a :hover { margin: calc(1px + 2px); }", ".a :hover{margin:calc(1px + 2px);}"),
        (
            "@media (max-width: 48rem) { .a > .b { gap: 1px 2px; } }",
            "@media (max-width:48rem){.a > .b{gap:1px 2px;}}",
        ),
    ],
)
def test_only_space_that_says_nothing_is_left_out(style: str, served: str) -> None:
    assert tightened(style) == served
