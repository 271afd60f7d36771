"""The checks of a page's outline find what they are for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.every_page import outline
from tests.support.violations import WatchedBrowser

GOOD = """<main><h1>Wallet</h1><section aria-labelledby="a"><h2 id="a">Cards</h2>
<ul><li>Visa <button>Remove</button><li>Mastercard <button>Remove</button></ul></section></main>"""


@pytest.fixture
def page(browser: WatchedBrowser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.context.close()


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (GOOD, []),
        (GOOD.replace("h2", "h3"), ["from a heading of level 1 to 3: Cards"]),
        (GOOD.replace("h1", "h2"), ["0 headings of level 1"]),
        (GOOD.replace("main", "div"), ["not one main"]),
        (GOOD.replace("<li>Mastercard", ""), ["2 times button 'Remove' in listitem ''"]),
        (GOOD.replace("Remove</button><li>", "</button><li>"), ["button without a name in listitem ''"]),
        (GOOD.replace("</main>", "<table><tr><td>1</table></main>"), ["a table without a caption or heads: "]),
        (
            GOOD.replace("</main>", '<nav></nav><nav></nav></main>').replace("<nav>", "<nav>x"),
            ["2 landmarks navigation named ''"],
        ),
        (
            GOOD.replace("</main>", '<a href="/b" style="position: absolute; top: 0; left: 0">b</a></main>'),
            ['read before, reached after: a "b" after button "Remove"'],
        ),
        (
            GOOD.replace("</main>", '<a data-over href="/b" style="position: fixed; top: 0; left: 0">b</a></main>'),
            [],
        ),
    ],
    ids=["good", "jump", "no-h1", "no-main", "twice", "nameless", "table", "landmarks", "order", "over"],
)  # fmt: skip
def test_what_is_wrong_is_found(page: Page, html: str, found: list[str]) -> None:
    page.set_content(html)
    assert outline.problems(page) == found


def test_two_links_to_one_place_may_have_one_name(page: Page) -> None:
    page.set_content(GOOD.replace("</h1>", '</h1><a href="/a">Top up</a> <a href="/a">Top up</a>'))
    assert outline.problems(page) == []
    page.set_content(GOOD.replace("</h1>", '</h1><a href="/a">Top up</a> <a href="/b">Top up</a>'))
    assert outline.problems(page) == ["2 times link 'Top up' in the page"]
