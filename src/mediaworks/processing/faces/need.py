"""Which recipes have to know where faces are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def needs_faces(operations: Iterable[Any]) -> bool:
    """Whether a step cuts by faces (`gravity` face, without a focal point) or hides them (`faces`)."""
    steps = list(operations)
    return hides_faces(steps) or any(_cuts_by_faces(step) for step in steps)


def hides_faces(operations: Iterable[Any]) -> bool:
    """Whether a step hides faces: such a recipe must not go on without knowing them."""
    return any(getattr(step, "faces", False) is True for step in operations)


def _cuts_by_faces(step: Any) -> bool:
    return getattr(step, "gravity", None) == "face" and getattr(step, "focus", None) is None
