from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetsConfig:
    """`per_user`: presets that one user may have, and the installation beside them."""

    per_user: int = 100

    def __post_init__(self) -> None:
        if self.per_user < 0:
            raise ValueError("per_user: must not be negative")
