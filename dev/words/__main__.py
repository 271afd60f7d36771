"""`python -m dev.words [WORD …]`: where words are used that the glossary says not to use."""

from __future__ import annotations

import sys

from dev.words import uses


def main() -> int:
    """List the uses of these words, or of all. Returns the exit code: 1 if there are any."""
    words = sys.argv[1:]
    found = {use: number for use, number in uses().items() if not words or use.words in words}
    for use, number in sorted(found.items()):
        print(f"{use.path}: {use.words} ({number})")
    print(f"{sum(found.values())} uses.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
