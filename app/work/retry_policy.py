"""The retry schedule of failed jobs."""

from __future__ import annotations

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

MOST_TRIES = 300
"""With the waits of `wait_after`: for about three days. After that, an operator has to step in (`flask jobs
failed`)."""

_LONGEST_SECONDS = 900


def wait_after(tries: int) -> int:
    """Seconds to wait after a number of attempts: 3, 9, 27, and so on, at most 15 minutes."""
    return min(int(3 ** min(tries, 10)), _LONGEST_SECONDS)


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
