from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SrcsetsConfig:
    """`per_media`: renditions that are kept of one media object."""

    per_media: int = 200

    def __post_init__(self) -> None:
        if self.per_media < 1:
            raise ValueError("per_media: must be at least 1")
