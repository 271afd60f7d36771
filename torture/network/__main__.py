"""`python -m torture.network SEED NAME=PORT:TARGET …`: the proxy, until its standard input ends.

Each line there sets a mode: the link's name, the mode and its argument. The answer to each is `ok`.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from random import Random

from torture.network.links import Address, Link, Mode


async def main(seed: str, wanted: list[str]) -> None:
    """Listen for all links, then do what is said."""
    links: dict[str, Link] = {}
    servers = []
    for each in wanted:
        name, _, rest = each.partition("=")
        port, _, target = rest.partition(":")
        address = Address(port=int(target)) if target.isdecimal() else Address(path=target)
        links[name] = Link(address, Random(f"{seed}:{name}"))
        servers.append(await links[name].listen(int(port)))
    print("ok", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        name, mode, argument = line.split()
        links[name].set_mode(Mode(mode), int(argument))
        print("ok", flush=True)


if __name__ == "__main__":
    gc.freeze()
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
