"""`python -m dev.words [WORD …]`: where words are used that the glossary says not to use.

`--shorten` takes what is gone off the list of those that are allowed; `--begin` writes it from what there is.
"""

from __future__ import annotations

import sys

from dev.words import Use, allowed, uses
from dev.words.left import write


def main() -> int:
    """List the uses. Returns the exit code: 1 where one is not allowed."""
    found = uses()
    match sys.argv[1:]:
        case ["--begin"]:
            write(found)
        case ["--shorten"]:
            write(found & allowed())
        case words:
            _show(found, words)
    new = found - allowed()
    print(f"{found.total()} uses, {new.total()} of them not allowed.")
    return 1 if new else 0


def _show(found: dict[Use, int], words: list[str]) -> None:
    for use, number in sorted(found.items()):
        if not words or use.words in words:
            print(f"{use.path}: {use.words} ({number})")


if __name__ == "__main__":
    sys.exit(main())
