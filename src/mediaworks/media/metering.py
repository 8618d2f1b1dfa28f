"""What work on a file counts for."""

from __future__ import annotations

from collections.abc import Mapping

from mediaworks.accounts.allowances.model import Resource
from mediaworks.processing import Kind, Understanding

MEGAPIXEL = 1_000_000


def used_by(found: Understanding) -> Mapping[Resource, float]:
    """Of a picture its megapixels times the seconds that a decoder worked on it, of a video its seconds."""
    facts = found.facts
    if facts.kind is Kind.IMAGE:
        return megapixel_seconds(facts.width, facts.height, found.seconds)
    return recording_seconds(facts.kind, facts.duration or 0.0)


def recording_seconds(kind: Kind, seconds: float) -> Mapping[Resource, float]:
    """What work on a recording that lasts `seconds` counts for; that on sound counts for nothing."""
    return {Resource.VIDEO_SECONDS: seconds} if kind is Kind.VIDEO else {}


def megapixel_seconds(width: int | None, height: int | None, seconds: float) -> Mapping[Resource, float]:
    """What the work of `seconds` on a picture of this size in pixels counts for."""
    return {Resource.MEGAPIXEL_SECONDS: (width or 0) * (height or 0) / MEGAPIXEL * seconds}
