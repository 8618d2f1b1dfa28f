"""What the understanding of a file counts for."""

from __future__ import annotations

from collections.abc import Mapping

from mediaworks.accounts.allowances.model import Resource
from mediaworks.processing import Kind, Understanding

MEGAPIXEL = 1_000_000


def used_by(found: Understanding) -> Mapping[Resource, float]:
    """Of a picture its megapixels times the seconds that a decoder worked on it, of a video its seconds."""
    facts = found.facts
    if facts.kind is Kind.IMAGE:
        megapixels = (facts.width or 0) * (facts.height or 0) / MEGAPIXEL
        return {Resource.MEGAPIXEL_SECONDS: megapixels * found.seconds}
    return {Resource.VIDEO_SECONDS: facts.duration or 0.0} if facts.kind is Kind.VIDEO else {}
