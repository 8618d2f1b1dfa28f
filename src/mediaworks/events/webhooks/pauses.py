"""How long to wait before an endpoint is asked again."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WISH = 86400.0


def pause_after(tries: int, first: float, longest: float) -> float:
    """Seconds after the failure number `tries`: doubling from `first` up to `longest`, a quarter more or less by chance."""
    doubled: float = first * 2.0 ** min(max(tries - 1, 0), 62)
    return min(longest, doubled) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads, hides nothing


def wished_pause(retry_after: str | None, now: datetime) -> float | None:
    """The seconds that Retry-After asks for (RFC 9110 section 10.2.3: seconds, or a date), a day at most; None when it
    says nothing that can be understood."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_WISH)
