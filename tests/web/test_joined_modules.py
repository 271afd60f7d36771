"""Modules come in few files, each runs once, and what can't be joined is refused when the application starts."""

from __future__ import annotations

import pytest

from app.web.joined_modules import ModuleError, join

MODULES = {
    "app.js": '// On every page.\nimport "./focus.js";\nimport { say as told } from "./text.js";\ntold("all");\n',
    "focus.js": 'import { say } from "./text.js";\nimport("./later.js");\nsay("focus");\n',
    "text.js": "export const QUIET = true;\nexport function say(text) {\n  // Aloud.\n  console.log(text);\n}\n",
    "later.js": 'import { say } from "./text.js";\nimport { cut } from "./shared.js";\nexport const later = say(cut("later"));\n',
    "sign.js": 'import { cut } from "./shared.js";\nimport { only } from "./only.js";\ncut(only);\n',
    "shared.js": "export async function cut(text) {}\n",
    "only.js": "export const only = 1;\n",
}


def test_what_one_script_imports_is_in_its_file_and_what_several_import_is_in_one_of_its_own() -> None:
    assert set(join(MODULES)) == {"app.js", "later.js", "sign.js", "shared.js"}


def test_each_module_is_in_one_file_before_what_needs_it() -> None:
    files = join(MODULES)
    marks = (
        'told("all")',
        'say("focus")',
        "QUIET =",
        'cut("later")',
        "cut(only)",
        "function cut",
        "only = 1",
    )
    assert len(marks) == len(MODULES)
    for mark in marks:
        assert [text.count(mark) for text in files.values()].count(1) == 1
    assert files["app.js"].index("const $text =") < files["app.js"].index('say("focus")')
    assert files["app.js"].index('say("focus")') < files["app.js"].index('told("all")')


def test_a_module_that_nothing_is_taken_from_has_no_name() -> None:
    assert "$app" not in join(MODULES)["app.js"]
    assert "$sign" not in join(MODULES)["sign.js"]


def test_a_file_takes_what_every_page_has_from_there() -> None:
    files = join(MODULES)
    assert files["later.js"].startswith(
        'import { $text } from "./app.js";\nimport { $shared } from "./shared.js";\n'
    )
    assert files["app.js"].endswith("export { $text };\n")
    assert "const { say: told } = $text;" in files["app.js"]
    assert files["shared.js"].endswith("export { $shared };\n")
    assert "export" not in files["sign.js"]


def test_what_is_imported_when_it_is_needed_has_its_own_exports() -> None:
    assert join(MODULES)["later.js"].endswith("export const { later } = $later;\n")


def test_comments_are_left_out() -> None:
    assert "Aloud" not in join(MODULES)["app.js"]


@pytest.mark.parametrize(
    "text",
    [
        'import * as all from "./text.js";',
        'import text from "./text.js";',
        'import { say } from "https://elsewhere.example/text.js";',
        'import {\n  say,\n} from "./text.js";',
        'import { say } from "./missing.js";',
        'const later = import("./missing.js");',
        'import("./text.js");',
        "import(`./${name}.js`);",
        "export default 1;",
        "export let changing = 1;",
        'export { say } from "./text.js";',
        'await fetch("/");',
        "const text = `\n// not a comment\n`;",
        'import "./app.js";',
    ],
)
def test_what_cannot_be_joined_is_refused(text: str) -> None:
    with pytest.raises(ModuleError, match=r"focus\.js"):
        join(MODULES | {"focus.js": text})
