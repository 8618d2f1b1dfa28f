"""The chapters of a recording."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from mediaworks.processing.video import bounds
from mediaworks.processing.video.model import Chapter

TITLE_LENGTH = 200


def chapters_of(container: av.container.InputContainer) -> tuple[Chapter, ...]:
    """Counted from where the recording begins; at most MOST_CHAPTERS, those without a title are numbered."""
    start = Fraction(container.start_time or 0, av.time_base)
    found = container.chapters()[: bounds.MOST_CHAPTERS]
    return tuple(_chapter(number, told, start) for number, told in enumerate(found, 1))


def _chapter(number: int, told: Any, start: Fraction) -> Chapter:
    base = told["time_base"]
    return Chapter(
        start=round(max(0.0, float(told["start"] * base - start)), 3),
        end=round(max(0.0, float(told["end"] * base - start)), 3),
        title=str(told["metadata"].get("title") or f"Chapter {number}")[:TITLE_LENGTH].replace("\x00", ""),
    )
