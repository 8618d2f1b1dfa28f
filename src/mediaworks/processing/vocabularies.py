"""What can be done to files of each kind, and what they can be written as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

import msgspec

from mediaworks.processing.audio.operations import AUDIO_OPERATIONS
from mediaworks.processing.audio.outputs import AUDIO_OUTPUTS
from mediaworks.processing.image.operations import OPERATIONS
from mediaworks.processing.image.outputs import OUTPUTS
from mediaworks.processing.types import Kind
from mediaworks.processing.video import operations as video
from mediaworks.processing.video import outputs as video_outputs


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Structs told apart by `type` (operations) and by `format` (outputs, of which one is `auto`)."""

    operations: tuple[type[msgspec.Struct], ...]
    outputs: tuple[type[msgspec.Struct], ...]

    @property
    def formats(self) -> frozenset[str]:
        """The names of the outputs."""
        return frozenset(str(output.__struct_config__.tag) for output in self.outputs)

    def read_operations(self, raw: list[Any]) -> tuple[Any, ...]:
        """Raises msgspec.ValidationError, which names the place and what is allowed."""
        one: Any = Union[self.operations]  # noqa: UP007 - made of the table
        return tuple(msgspec.convert(raw, list[one]))

    def read_output(self, raw: dict[str, Any]) -> Any:
        """Without a format it is that of the source. Raises msgspec.ValidationError."""
        return msgspec.convert({"format": "auto", **raw}, Union[self.outputs])  # noqa: UP007


VOCABULARIES: Mapping[Kind, Vocabulary] = {
    Kind.IMAGE: Vocabulary(OPERATIONS, OUTPUTS),
    Kind.AUDIO: Vocabulary(AUDIO_OPERATIONS, AUDIO_OUTPUTS),
    Kind.VIDEO: Vocabulary(video.OPERATIONS, video_outputs.OUTPUTS),
}
