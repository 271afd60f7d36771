"""What a browser sees of the stand-in: stripe.js, card fields, challenges, receipts.

`blueprint` is registered once, without a prefix. The pages read the stand-in's store and change nothing but by
`POST /_sandbox/challenges/…`, as stripe.js does.
"""

from __future__ import annotations

from stripe_sandbox.browser import challenges, cors, frames, receipts, scripts, words
from stripe_sandbox.browser.blueprint import blueprint

__all__ = ["blueprint", "challenges", "cors", "frames", "receipts", "scripts", "words"]
