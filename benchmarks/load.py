"""Section load: the Overview under load by wrk, and the memory of the web processes while they serve."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from http.cookiejar import CookieJar
from pathlib import Path

from benchmarks.figures import Figure, milliseconds
from benchmarks.signing_in import sign_in
from benchmarks.stage import an_organization, application, inside
from dev.errors import ToolError

ORGANIZATIONS = 1_000
CONNECTIONS = 8
SECONDS = int(os.environ.get("BENCH_LOAD_SECONDS") or 30)
"""100,000 requests take some minutes: BENCH_LOAD_SECONDS=400."""
LEAST_A_SECOND = 200
MOST_SECONDS = 0.100
MOST_MEGABYTES = 150
MOST_GROWTH = 1.05
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Full pages of a signed-in owner, in a database with a thousand organizations."""
    if shutil.which("wrk") is None:
        raise ToolError("The section load needs wrk: apt-get install wrk")
    with inside(application(environment)):
        for number in range(ORGANIZATIONS):
            an_organization(f"Neighbour {number}")
    address, cookie = environment["PUBLIC_URL"], _signed_in(environment["PUBLIC_URL"])
    _wrk(address, cookie, 5)
    before = _megabytes(environment["PORT"])
    rate, p99, served = _wrk(address, cookie, SECONDS)
    after = _megabytes(environment["PORT"])
    yield Figure(
        section="load",
        what=f"Overview, full page, {CONNECTIONS} connections, {ORGANIZATIONS:,} organizations",
        measured=f"{rate:,.0f} requests/s, p99 {milliseconds(p99)}",
        floor="",
        goal=f"{LEAST_A_SECOND}/s, p99 under {milliseconds(MOST_SECONDS)}",
        met=rate >= LEAST_A_SECOND and p99 < MOST_SECONDS,
    )
    yield Figure(
        section="load",
        what=f"memory of the largest web process after {served:,} further pages",
        measured=f"{max(after):.0f} MB ({max(after) / max(before):.2f} times before)",
        floor=f"{max(before):.0f} MB",
        goal=f"under {MOST_MEGABYTES} MB, flat",
        met=max(after) < MOST_MEGABYTES and max(after) <= max(before) * MOST_GROWTH,
    )


def _signed_in(address: str) -> str:
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), _NoRedirect())

    def post(path: str, fields: Mapping[str, str]) -> int:
        try:
            return int(opener.open(address + path, urllib.parse.urlencode(fields).encode()).status)
        except urllib.error.HTTPError as error:
            return error.code

    sign_in(lambda path: opener.open(address + path).read().decode(), post)
    return "; ".join(f"{one.name}={one.value}" for one in jar)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Leave the redirect to the caller."""


def _wrk(address: str, cookie: str, seconds: int) -> tuple[float, float, int]:
    """Requests a second, the 99th percentile in seconds, and how many there were."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-H", f"Cookie: {cookie}"]
    said = subprocess.run([*command, f"{address}/billing"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise ToolError(f"Not every page was served:\n{said}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    served = re.search(r"(\d+) requests in", said)
    if not (rate and p99 and served):
        raise ToolError(f"wrk said:\n{said}")
    return float(rate[1]), float(p99[1]) * _UNITS[p99[2]], int(served[1])


def _megabytes(port: str) -> list[float]:
    """What each web process of this port has in memory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            serves = b"wsgi:app" in (process / "cmdline").read_bytes()
            ours = f"PORT={port}".encode() in (process / "environ").read_bytes().split(b"\0")
            resident = re.search(r"VmRSS:\s+(\d+) kB", (process / "status").read_text())
        except OSError:
            continue
        if serves and ours and resident:
            found.append(int(resident[1]) / 1000)
    if not found:
        raise ToolError("The web processes are not to be seen in /proc: the section load needs Linux.")
    return found
