"""What an endpoint may be like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mediaworks.errors import Invalid
from mediaworks.events.wanted import types_like
from mediaworks.kit.egress import Egress

LONGEST_URL = 2048
LONGEST_DESCRIPTION = 500
MOST_PATTERNS = 100


async def checked(egress: Egress, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `url`, `events` and `description` that are given, as they are kept. Raises Invalid and EgressRefused that
    name the field."""
    values = dict(given)
    if "url" in values:
        await _check_url(egress, values["url"])
    if "events" in values:
        values["events"] = _checked_events(values["events"])
    if "description" in values:
        _check_description(values["description"])
    return values


async def _check_url(egress: Egress, url: str) -> None:
    if len(url) > LONGEST_URL:
        raise Invalid(f"url: at most {LONGEST_URL} characters", code="invalid_url", field="url", limit=LONGEST_URL)
    try:
        await egress.check_now(url)
    except Invalid as refusal:
        facts = {**refusal.facts, "field": "url"}
        raise type(refusal)(f"url: {refusal.detail}", code=refusal.code, **facts) from refusal


def _checked_events(patterns: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(pattern.strip() for pattern in patterns))
    if not 1 <= len(wanted) <= MOST_PATTERNS:
        raise Invalid(f"events: name 1 to {MOST_PATTERNS} types, or `*` for all", field="events", limit=MOST_PATTERNS)
    types_like(wanted, "events")
    return wanted


def _check_description(text: str) -> None:
    if len(text) > LONGEST_DESCRIPTION or "\0" in text:
        raise Invalid(
            f"description: at most {LONGEST_DESCRIPTION} characters, none of them NUL",
            field="description",
            limit=LONGEST_DESCRIPTION,
        )
