"""JavaScript modules, joined: what a page's script imports comes with it in one file, so that many small modules cost
one request.

Each module keeps a scope of its own in the joined file. What several scripts import is in the file of
`static/js/app.js`, which every page has, or in one of its own, so that it runs once. What is imported when it is
needed (`import("./…")`) stays a file of its own, too. Comments and indentation are left out.

Only what our modules use of the syntax is read, each on one line: `import "./a.js"`, `import { a, b as c } from
"./a.js"`, and `export` before a function, a class or a `const`. All else is refused when the application starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.web import tight_styles

ON_EVERY_PAGE = "app.js"
_IMPORT = re.compile(
    r'^import (?:\{ (?P<names>[^}]+?) \} from )?"\./(?P<module>(?:embed/)?\w+\.js)";$', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_ON_NEED = re.compile(r'\bimport\("\./(\w+\.js)"\)')
_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)
_STYLES = re.compile(r"`\n.*?`", re.DOTALL)
_LEFT = re.compile(r"^(?:import\b(?!\()|export\b|await\b)|\bimport\((?!\"\./\w+\.js\"\))", re.MULTILINE)


class ModuleError(Exception):
    """A module that can't be joined as it is."""


@dataclass(frozen=True, slots=True)
class _Module:
    name: str
    imports: tuple[tuple[str, str], ...]
    """What is imported, as it is written between the braces, by module."""
    on_need: frozenset[str]
    exports: tuple[str, ...]
    body: str

    @property
    def variable(self) -> str:
        """Its exports, in a joined file. With `$`, because `history` and `focus` are the browser's."""
        return f"${self.name.removesuffix('.js').replace('/', '$')}"

    @property
    def imported(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(module for module, _ in self.imports))


def join(sources: Mapping[str, str]) -> dict[str, str]:
    """The files to serve in place of these modules, by name."""
    return dict(_Joining({name: _read(name, text) for name, text in sources.items()}).files())


def lightened(source: str) -> str:
    """A module as it is served, if it isn't joined with others: without comments, indentation and empty lines.

    Texts of several lines are styles, in which the space around rules and values says nothing.
    """
    plain = _INDENTATION.sub("", _COMMENT.sub("", source))
    return _STYLES.sub(lambda found: tight_styles.tightened(found[0]), plain)


def on_need(source: str) -> frozenset[str]:
    """The modules that a module imports when it needs them."""
    return frozenset(_ON_NEED.findall(source))


def only_below(entry: str, sources: Mapping[str, str]) -> set[str]:
    """The modules that come with this one alone, itself included."""
    joining = _Joining({name: _read(name, text) for name, text in sources.items()})
    return joining.reached(entry).difference(
        *(joining.reached(one) for one in joining.entries if one != entry)
    )


class _Joining:
    def __init__(self, modules: Mapping[str, _Module]) -> None:
        self._modules = modules
        for module in modules.values():
            for wanted in (*module.imported, *module.on_need):
                if wanted not in modules:
                    raise ModuleError(f"{module.name}: there is no {wanted}")
            for wanted in module.on_need:
                if self._home_of[wanted] != wanted:
                    raise ModuleError(f"{module.name}: {wanted} comes with every page")

    def files(self) -> Iterator[tuple[str, str]]:
        for name in self._modules:
            if self._home_of[name] == name:
                yield name, self._file(name)

    def reached(self, entry: str) -> set[str]:
        """A module and what it imports."""
        return set(self._in_order(entry, ()))

    @cached_property
    def entries(self) -> list[str]:
        """What pages name, and what is imported when it is needed."""
        imported = {wanted for module in self._modules.values() for wanted in module.imported}
        return [name for name in self._modules if name in self._on_need or name not in imported]

    @cached_property
    def _on_need(self) -> set[str]:
        return {wanted for module in self._modules.values() for wanted in module.on_need}

    @cached_property
    def _home_of(self) -> dict[str, str]:
        """The file that each module is in."""
        reached_from: dict[str, set[str]] = {name: set() for name in self._modules}
        for entry in self.entries:
            for name in self._in_order(entry, ()):
                reached_from[name].add(entry)
        return {name: self._home(name, entries) for name, entries in reached_from.items()}

    def _home(self, name: str, reached_from: set[str]) -> str:
        if ON_EVERY_PAGE in reached_from:
            return ON_EVERY_PAGE
        return next(iter(reached_from)) if len(reached_from) == 1 and name not in self.entries else name

    def _in_order(self, name: str, within: tuple[str, ...]) -> Iterator[str]:
        """What a module imports, each before what needs it; then the module itself."""
        if name in within:
            raise ModuleError(f"modules import each other in a circle: {', '.join((*within, name))}")
        for wanted in self._modules[name].imported:
            yield from self._in_order(wanted, (*within, name))
        yield name

    def _file(self, home: str) -> str:
        inside = [name for name in dict.fromkeys(self._in_order(home, ())) if self._home_of[name] == home]
        wanted = dict.fromkeys(
            one for name in inside for one in self._modules[name].imported if one not in inside
        )
        needed_outside = {
            one
            for name, module in self._modules.items()
            if self._home_of[name] != home
            for one in module.imported
        }
        shared = [self._modules[name].variable for name in inside if name in needed_outside]
        parts = [
            *(f'import {{ {self._modules[one].variable} }} from "./{self._home_of[one]}";' for one in wanted),
            *(self._scope(self._modules[name], is_named=name in needed_outside) for name in inside),
        ]
        own = self._modules[home]
        if own.exports and home in self._on_need:
            parts.append(f"export const {{ {', '.join(own.exports)} }} = {own.variable};")
        if shared:
            parts.append(f"export {{ {', '.join(shared)} }};")
        return "\n".join([*parts, ""])

    def _scope(self, module: _Module, *, is_named: bool) -> str:
        taken = [
            f"const {{ {names.replace(' as ', ': ')} }} = {self._modules[wanted].variable};"
            for wanted, names in module.imports
            if names
        ]
        lines = [*taken, module.body.strip()]
        if not module.exports and not is_named:
            return "\n".join(["(() => {", *lines, "})();"])
        return "\n".join(
            [
                f"const {module.variable} = (() => {{",
                *lines,
                f"return {{ {', '.join(module.exports)} }};",
                "})();",
            ]
        )


def _read(name: str, text: str) -> _Module:
    code = _COMMENT.sub("", text)
    if any(line.count("`") % 2 for line in code.splitlines()):
        raise ModuleError(f"{name}: a text of several lines might have lost what looks like a comment")
    body = _EXPORT.sub("", _IMPORT.sub("", code))
    if left := _LEFT.search(body):
        raise ModuleError(f"{name}: {body[left.start() :].splitlines()[0]}")
    return _Module(
        name=name,
        imports=tuple((found["module"], found["names"] or "") for found in _IMPORT.finditer(code)),
        on_need=on_need(code),
        exports=tuple(_EXPORT.findall(code)),
        # No text of it has several lines.
        body=_INDENTATION.sub("", body),
    )
