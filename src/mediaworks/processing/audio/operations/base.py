"""What an operation on sound is. This package is also read where no decoder may be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard

Seconds = Annotated[float, msgspec.Meta(ge=0, le=360_000, description="seconds")]
Length = Annotated[float, msgspec.Meta(gt=0, le=360_000, description="seconds")]
Decibels = Annotated[float, msgspec.Meta(ge=-60, le=60, description="decibels")]


class AudioOperation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A step of a recipe: its parameters with their limits, and the filters of ffmpeg that it is."""

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        """The filters, in their order; `heard` is what the steps before have made, and can be listened to.

        Raises InvalidRecipe, whose `field` is a parameter, when they do not fit the sound.
        """
        raise NotImplementedError

    def lasting(self, seconds: float, others: Mapping[str, float]) -> float:
        """How long a sound of so many seconds becomes at most; `others`: how long those last that the step names."""
        return seconds

    def tags(self) -> dict[str, str]:
        """What the step writes into the file beside the sound."""
        return {}
