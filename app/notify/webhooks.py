"""Send messages as JSON to webhooks: signed according to Standard Webhooks, or in the form that a chat wants.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import json
import secrets as random_source
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from app.clock import clock
from app.language.stored import for_storage
from app.notify import addresses, posting
from app.notify.addresses import HTTPS_PORT, AddressError
from app.notify.posting import NoAnswerError

DEADLINE_SECONDS = 15
"""For a whole request, from connecting to the end of the response headers; the specification suggests 15 to 30
seconds."""

LOOKUP_SECONDS = 5
"""For the DNS lookup, before that."""

_ONLY_NOW = frozenset({408, 425, 429})
"""The 4xx responses that mean "not now"; all others mean "never" (RFC 9110, RFC 8470, RFC 6585)."""

_GONE = 410
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of sending: whether the message was accepted, and the response as text.

    `refused`: the receiver will never accept this message. `gone`: it wants no more messages, and the specification
    says to stop sending any. `retry_after` are the seconds that it asked us to wait. `status` is the response's,
    None if there was none.
    """

    taken: bool
    words: str
    refused: bool = False
    gone: bool = False
    retry_after: int | None = None
    status: int | None = None


def new_secret() -> str:
    """Generate a signing secret in the format of the specification: 32 random bytes."""
    return f"whsec_{b64encode(random_source.token_bytes(32)).decode()}"


def check_address(url: str, *, allow_private: bool, ports: Collection[int] = (HTTPS_PORT,)) -> None:
    """Check that messages may be sent to an address. Raises `AddressError`."""
    addresses.find(url, allow_private=allow_private, ports=ports, seconds=LOOKUP_SECONDS)


def send(
    url: str,
    signing: Sequence[str],
    *,
    message_id: str,
    type_: str,
    data: dict[str, Any],
    at: datetime,
    allow_private: bool,
    ports: Collection[int] = (HTTPS_PORT,),
    seconds: float = DEADLINE_SECONDS,
) -> Answer:
    """Send one message, signed with each secret; anything but a 2xx counts as not accepted.

    Takes at most `LOOKUP_SECONDS` and `seconds`. The name is resolved once, and the checked address is the one
    connected to, so that it can't change in between (DNS rebinding); redirects are not followed.
    """
    body = json.dumps({"type": type_, "timestamp": at.astimezone(UTC).isoformat(), "data": data})
    now = clock.about_now()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, body) for secret in signing),
    }
    return post_json(url, body, headers, allow_private=allow_private, ports=ports, seconds=seconds)


@for_storage()
def post_json(
    url: str,
    body: str,
    headers: Mapping[str, str] | None = None,
    *,
    allow_private: bool,
    ports: Collection[int] = (HTTPS_PORT,),
    seconds: float = DEADLINE_SECONDS,
) -> Answer:
    """Post JSON as it is; as `send` otherwise. The answer is in English, as it is stored."""
    usual = {"Content-Type": "application/json", "User-Agent": "VoicePortalBilling/1"}
    try:
        target = addresses.find(url, allow_private=allow_private, ports=ports, seconds=LOOKUP_SECONDS)
        reply = posting.post(target, body.encode(), usual | dict(headers or {}), seconds=seconds)
    except (AddressError, NoAnswerError) as error:
        return Answer(False, str(error)[:_KEPT])
    return Answer(
        taken=200 <= reply.status < 300,
        words=_describe(reply.status),
        refused=400 <= reply.status < 500 and reply.status not in _ONLY_NOW,
        gone=reply.status == _GONE,
        retry_after=reply.retry_after,
        status=reply.status,
    )


def _describe(status: int) -> str:
    return f"{status}: redirects are not followed" if 300 <= status < 400 else str(status)
