"""The retry schedule of failed jobs."""

from __future__ import annotations

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

MOST_TRIES = 300
"""With the waits of `wait_after`: for about three days. After that, an operator has to step in (`flask jobs
failed`)."""

PROMPT_TRIES = 30
"""So many waits are of a minute at most. Each time that a worker was killed at a job counts as a try, too, and so
does each moment without a database: someone may be waiting for a payment whose job had bad luck a few times in a
row."""

_PROMPT_SECONDS, _LONGEST_SECONDS = 60, 900


def wait_after(tries: int) -> int:
    """Seconds to wait after a number of attempts: 3, 9, 27, then a minute for half an hour, then 15 minutes."""
    longest = _PROMPT_SECONDS if tries <= PROMPT_TRIES else _LONGEST_SECONDS
    return min(int(3 ** min(tries, 10)), longest)


class RetryPolicy(BaseRetryStrategy):
    """Retry with exponential backoff, up to a limit."""

    def get_retry_decision(
        self,
        *,
        exception: BaseException,  # noqa: ARG002 - every error is retried in the same way
        job: Job,
    ) -> RetryDecision | None:
        """The next attempt, or None after the last one."""
        tries = job.attempts + 1
        return None if tries >= MOST_TRIES else RetryDecision(retry_in={"seconds": wait_after(tries)})
