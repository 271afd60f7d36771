"""Which programs there are, and who talks to whom."""

from __future__ import annotations

from dev.demo import WORKERS

SERVES = ["gunicorn", "--log-level", "error", "wsgi:app"]
COMMANDS = {
    "stripe": ["stripe_sandbox"],
    "web": SERVES,
    "api": SERVES,
    **{name: ["flask", "worker", "--queues", queues] for name, queues in WORKERS.items()},
}
PROGRAMS = ("postgres", *COMMANDS)
"""In the order in which they are started."""
PRODUCT = ("web", "api", *WORKERS)
WITH_CHILDREN = ("web", "api")
"""Programs of which one process alone is killed, too: its parent replaces it."""
CLOCKS = ("postgres", *PRODUCT)
"""Programs with a clock that jumps. The stand-in's stays: time of payments is its own matter."""
RECEIVERS = ("quick", "hostile")
LINKS = (
    "people-web",
    "platform-api",
    "stripe-web",
    *(f"{name}-{other}" for name in PRODUCT for other in ("postgres", "stripe")),
    *(f"messenger-{name}" for name in RECEIVERS),
)
"""Each from who connects to who is connected to."""
