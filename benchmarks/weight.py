"""Section weight: what a browser is sent to show a page for the first time, compressed, with headers.

`tests/web/test_first_load.py` holds each page to its own number.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import requests

from benchmarks.figures import Figure, kilobytes
from benchmarks.signing_in import sign_in

PAGES = {
    "/billing": "the Overview",
    "/billing/wallet": "Wallet",
    "/billing/payment-methods": "Payment methods",
    "/billing/change-plan": "Change plan",
    "/workplace/invoices": "Invoices",
}
MOST_BYTES = 45_000
LOADED_BY_PAGE = re.compile(r'<(?:link[^>]+href|script[^>]+src|img[^>]+src|use[^>]+href)="(/[^"#]+)')
LOADED_BY_STYLES = re.compile(r"url\([\"']?([^\"')#:]+)[\"']?\)")


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Ask the running server for the page and for all that it loads, as a browser with an empty cache does."""
    address = environment["PUBLIC_URL"]
    with requests.Session() as browser:
        sign_in(
            lambda path: browser.get(address + path).text,
            lambda path, form: browser.post(address + path, data=form, allow_redirects=False).status_code,
        )
        for page, name in PAGES.items():
            yield _figure(page, name, _weights(browser, address, page))


def _figure(page: str, name: str, weights: Mapping[str, int]) -> Figure:
    kinds: Counter[str] = Counter()
    for path, weight in weights.items():
        kinds["HTML" if path == page else urlsplit(path).path.rpartition(".")[2]] += weight
    total = kinds.total()
    return Figure(
        section="weight",
        what=f"first load of {name}, {len(weights)} files",
        measured=f"{kilobytes(total)} ({', '.join(f'{kind} {kilobytes(weight)}' for kind, weight in kinds.items())})",
        floor="",
        goal=f"at most {kilobytes(MOST_BYTES)}",
        met=total <= MOST_BYTES,
    )


def _weights(browser: requests.Session, address: str, page: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    waiting = [page]
    while waiting:
        path = waiting.pop()
        if path in weights:
            continue
        weights[path], text = _load(browser, address + path)
        if path == page:
            waiting += LOADED_BY_PAGE.findall(text)
        elif urlsplit(path).path.endswith(".css"):
            waiting += [urljoin(path, found) for found in LOADED_BY_STYLES.findall(text)]
    return weights


def _load(browser: requests.Session, url: str) -> tuple[int, str]:
    """The bytes of the response on the wire, and its text."""
    # As a person's browser says it: what another site's page asks for is not compressed.
    response = browser.get(url, stream=True, headers={"Sec-Fetch-Site": "none"})
    response.raise_for_status()
    head = len(f"HTTP/1.1 200 {response.reason}\r\n\r\n")
    head += sum(len(f"{name}: {value}\r\n") for name, value in response.raw.headers.items())
    wire = response.raw.read(decode_content=False)
    if response.headers.get("Content-Encoding") == "gzip":
        return head + len(wire), gzip.decompress(wire).decode(errors="replace")
    return head + len(wire), wire.decode(errors="replace")
