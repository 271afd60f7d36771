"""Lists the texts, file by file, and how many each has."""

import sys
from collections import Counter

from dev.unwrapped import search


def main(wanted: list[str]) -> int:
    """Print what is found in files whose path begins so, or in all. Fails if there is any."""
    found = [one for one in search() if not wanted or one.path.startswith(tuple(wanted))]
    for one in found:
        print(f"{one.path}:{one.line}: {one.text}")
    for path, count in sorted(Counter(one.path for one in found).items()):
        print(f"{count:4} {path}")
    print(f"{len(found)} texts in {len({one.path for one in found})} files")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
