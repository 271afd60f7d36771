"""People reach the pages under the address that the settings name."""

from __future__ import annotations

from collections.abc import Iterator

from app.doctor.findings import Finding, ok, problem, unknown
from app.doctor.installation import Installation, NotSetError
from app.openid import UnavailableError, http

_PROXY = (
    "Check that PUBLIC_URL is the address that people see, that its name leads to the proxy, that its certificate is "
    "right, and that the proxy leads to `web`. If this machine can't reach it by design, ask from another one."
)


def check(installation: Installation) -> Iterator[Finding]:
    """`/readyz` answers there, and says that it is ready."""
    if not installation.settings.public_url:
        raise NotSetError("PUBLIC_URL isn't set.")
    url = f"{installation.settings.public_url}/readyz"
    try:
        status, content = http.exchange("GET", url, {}, None)
    except UnavailableError as error:
        yield unknown(f"The pages can't be asked from here: {error}.", _PROXY)
        return
    if status == 200 and content.get("status") == "ready":
        yield ok(f"{url} says that it is ready.")
    else:
        said = "; ".join(f"{name}: {text}" for name, text in content.items() if isinstance(text, str))
        yield problem(f"{url} answered {status}: {said}", "See 'What /readyz says' in docs/operations.md.")
