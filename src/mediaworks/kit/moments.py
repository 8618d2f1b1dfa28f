"""Moments that callers name."""

from __future__ import annotations

from datetime import UTC, datetime

from mediaworks.errors import Invalid


def in_utc(moment: datetime | None, field: str) -> datetime | None:
    """Raises Invalid that names `field` for a moment without a time zone, or one that no calendar has in UTC."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise Invalid(f"{field}: needs a time zone, such as 2026-01-31T12:00:00Z", field=field)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Invalid(f"{field}: must lie between the years 1 and 9999", field=field) from error
