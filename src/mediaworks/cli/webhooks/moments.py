"""When something was, as people write it."""

from __future__ import annotations

from datetime import datetime

from mediaworks.cli.key.expiry import parse_expiry
from mediaworks.errors import SetupError


def parse_moment(option: str, text: str, *, now: datetime) -> datetime:
    """The moment that lies a span (`12h`, `30d`) before `now`, or that an ISO 8601 text means; UTC without a zone.

    Raises SetupError, which names the option.
    """
    try:
        moment = parse_expiry(text, now=now)
        return now - (moment - now) if text[-1] in "hdwy" else moment
    except (SetupError, OverflowError) as error:
        raise SetupError(
            f"{option}: {text!r} is neither a span such as 12h nor a moment such as 2027-01-01T00:00:00Z"
        ) from error
