from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyConfig:
    """`keep_hours`: how long an answer can be had again with the key of its request."""

    keep_hours: float = 24.0

    def __post_init__(self) -> None:
        if self.keep_hours <= 0:
            raise ValueError("keep_hours: must be more than 0")
