"""A page as assistive technology is given it: headings, landmarks, names, tables, and the order of what takes focus.

Read from the browser's accessibility tree, so that what is hidden, labelled elsewhere or named by its contents counts as
it does there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from playwright.sync_api import Frame, Page

PRESSED = frozenset(
    {
        "link",
        "button",
        "textbox",
        "combobox",
        "checkbox",
        "radio",
        "searchbox",
        "spinbutton",
        "slider",
        "switch",
        "option",
    }
)
LANDMARKS = frozenset({"navigation", "region", "form", "search", "complementary"})
CONTEXTS = LANDMARKS | {
    "row",
    "listitem",
    "group",
    "radiogroup",
    "dialog",
    "banner",
    "contentinfo",
    "alert",
    "status",
    "article",
}
"""What says what a name in it is about: https://www.w3.org/TR/WCAG22/#dfn-programmatically-determined-link-context"""
_LINE = re.compile(r"^(?P<indent> *)- (?:'(?P<quoted>.*)'|(?P<plain>.*?))(?::(?: .*)?)?$")
_NODE = re.compile(r'^(?P<role>[a-z]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?(?P<marks>(?: \[[^\]]*\])*)')
_LEVEL = re.compile(r"\[level=(\d)\]")


@dataclass
class Node:
    """Something in the accessibility tree."""

    role: str
    name: str = ""
    level: int = 0
    url: str = ""
    within: Node | None = None
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for each in self.children:
            yield from each.walk()

    @property
    def context(self) -> Node | None:
        """The nearest thing around it that says what it is about."""
        around = self.within
        while around is not None and around.role not in CONTEXTS:
            around = around.within
        return around


def read(snapshot: str) -> Node:
    """The tree that an ARIA snapshot describes: https://playwright.dev/python/docs/aria-snapshots"""
    root = Node("document")
    open_nodes: list[tuple[int, Node]] = [(-1, root)]
    for line in snapshot.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        said = (found["quoted"] or "").replace("''", "'") if found["quoted"] is not None else found["plain"]
        if said.startswith("/url"):
            open_nodes[-1][1].url = line.partition("/url:")[2].strip()
            continue
        node = _NODE.match(said)
        indent = len(found["indent"])
        while open_nodes[-1][0] >= indent:
            open_nodes.pop()
        if node is None or node["role"] == "text":
            continue
        level = _LEVEL.search(node["marks"])
        made = Node(node["role"], node["name"] or "", int(level[1]) if level else 0, within=open_nodes[-1][1])
        open_nodes[-1][1].children.append(made)
        open_nodes.append((indent, made))
    return root


def problems(page: Page | Frame) -> list[str]:
    """What is wrong with a page's names and their order."""
    # Behind a modal dialog nothing is in the tree: what is on the page doesn't count then.
    tree = read(page.locator("body").aria_snapshot())
    modal = bool(page.evaluate("document.querySelector(':modal') !== null"))
    found = [] if modal else [*_headings(tree), *_landmarks(tree)]
    order: list[str] = page.evaluate(ORDER)
    return [*found, *_names(tree), *order, *page.evaluate(CAPTIONS)]


def _headings(tree: Node) -> Iterator[str]:
    levels = [(each.level, each.name) for each in tree.walk() if each.role == "heading"]
    if [level for level, _ in levels].count(1) != 1:
        yield f"{[level for level, _ in levels].count(1)} headings of level 1"
    for (before, _), (level, name) in pairwise(levels):
        if level > before + 1:
            yield f"from a heading of level {before} to {level}: {name}"
    yield from ("a heading without words" for _, name in levels if not name)


def _landmarks(tree: Node) -> Iterator[str]:
    named = defaultdict(list)
    for each in tree.walk():
        if each.role in LANDMARKS:
            named[each.role, each.name].append(each)
    for (role, name), those in named.items():
        if len(those) > 1:
            yield f"{len(those)} landmarks {role} named {name!r}"
        if not name and role == "region":
            yield "a region without a name"
    if sum(each.role == "main" for each in tree.walk()) != 1:
        yield "not one main"


def _names(tree: Node) -> Iterator[str]:
    alike = defaultdict(list)
    for each in tree.walk():
        if each.role in PRESSED and each.role != "option":
            if not each.name:
                yield f"{each.role} without a name in {_say(each.context)}"
            alike[each.role, each.name, id(each.context)].append(each)
    for (role, name, _), those in alike.items():
        if len(those) > 1 and (role != "link" or len({one.url for one in those}) > 1):
            yield f"{len(those)} times {role} {name!r} in {_say(those[0].context)}"


def _say(context: Node | None) -> str:
    return "the page" if context is None else f"{context.role} {context.name!r}"


# What takes focus next is below, or to the right: in the order in which it's read. A column is read to its end first.
# What a poll puts over the page, and what is chosen in it, has an order of its own.
ORDER = """() => {
  const name = (one) => `${one.localName} "${(one.innerText || one.getAttribute("aria-label") || one.name || "").trim().slice(0, 30)}"`;
  const within = document.querySelector(":modal") ?? document.body;
  const all = [...within.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0 && !one.matches(".skip-link") && (one.closest("dialog") ?? within) === within | one.closest("dialog") === null);
  const found = [...within.querySelectorAll("[tabindex]")].filter((one) => one.tabIndex > 0).map((one) => `tabindex above 0: ${name(one)}`);
  const place = (one) => (one.matches("input[type=radio], input[type=checkbox]") ? one.closest("label") ?? one : one).getBoundingClientRect();
  const isOver = (one) => one.closest("[data-over], .choice-bar") !== null;
  const ordered = [all.filter((one) => !isOver(one)), all.filter(isOver)];
  for (const each of ordered) for (let at = 1; at < each.length; at += 1) {
    const [before, now] = [place(each[at - 1]), place(each[at])];
    if (!before.width || !now.width) continue;
    const isAbove = now.bottom <= before.top + 2 && now.left < before.right;
    const isLeft = now.right <= before.left + 2 && now.top < before.bottom - 4 && now.bottom > before.top + 4 && Math.abs(now.top - before.top) < 4;
    if (isAbove || isLeft) found.push(`read before, reached after: ${name(each[at])} after ${name(each[at - 1])}`);
  }
  return found;
}"""

CAPTIONS = """() => [...document.querySelectorAll("table")].filter((one) => one.checkVisibility())
  .filter((one) => !one.caption?.textContent.trim() || !one.querySelector("th"))
  .map((one) => `a table without a caption or heads: ${one.className}`)"""
