"""When a key ends, as people write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from mediaworks.errors import SetupError

_SPAN = re.compile(r"(\d{1,6})([hdwy])", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "y": 24 * 365}


def parse_expiry(text: str, *, now: datetime) -> datetime:
    """The moment that a span from `now` (`12h`, `30d`, `8w`, `1y`) or an ISO 8601 text means; UTC without a zone.

    Raises SetupError for anything else and for what lies beyond the calendar.
    """
    try:
        if span := _SPAN.fullmatch(text):
            return now + timedelta(hours=int(span[1]) * _HOURS[span[2]])
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise SetupError(
            f"--expires: {text!r} is neither a span such as 30d nor a moment such as 2027-01-01T00:00:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
