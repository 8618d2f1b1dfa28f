"""Which errors may pass, and how long to wait before the next try."""

from __future__ import annotations

import random
from asyncio import CancelledError
from datetime import timedelta

import procrastinate
from procrastinate.jobs import Job as Ticket

from mediaworks.errors import MediaworksError, TimedOut
from mediaworks.kit.clock import now

MAY_PASS = frozenset({408, 423, 429})
FIRST_PAUSE, FIRST_PAUSE_OF_OUTAGE, LONGEST_PAUSE = 1.0, 5.0, 600.0
NOT_WRITTEN_SECONDS = 5.0


class TryAgain(Exception):
    """A job went back into the queue, for so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.1f} s")
        self.seconds = seconds


def pause_after(error: Exception, failures: int) -> float | None:
    """Seconds to wait after the failure of that number, counted from 1; None when no try can be better.

    A refusal of ours stays what it is, as does a job that takes too long. What is away comes back late; of any other
    error nobody knows, so it is soon tried again, and then ever later.
    """
    if isinstance(error, TimedOut):
        return None
    if isinstance(error, MediaworksError) and error.status < 500 and error.status not in MAY_PASS:
        return None
    first = FIRST_PAUSE_OF_OUTAGE if isinstance(error, MediaworksError) else FIRST_PAUSE
    pause = min(LONGEST_PAUSE, first * 2.0 ** min(failures - 1, 20)) * random.uniform(0.75, 1.25)  # noqa: S311
    wished = error.facts.get("retry_after", 0) if isinstance(error, MediaworksError) else 0
    return max(pause, float(wished))


class Backoff(procrastinate.BaseRetryStrategy):
    """Puts a ticket back as our own record of the job says. A stopped worker's are for others at once."""

    def get_retry_decision(self, *, exception: BaseException, job: Ticket) -> procrastinate.RetryDecision | None:
        match exception:
            case TryAgain(seconds=seconds):
                pause = float(seconds)
            case CancelledError():
                pause = 0.0
            case _:
                pause = NOT_WRITTEN_SECONDS
        return procrastinate.RetryDecision(retry_at=now() + timedelta(seconds=pause))
