"""What an operation on a video is: a step that adds filters to a clip. Nothing is read or run here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from mediaworks.processing.types import Kind
from mediaworks.processing.video.clip import Clip
from mediaworks.processing.video.model import Index

Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400, description="seconds")]
MediaId = Annotated[str, msgspec.Meta(min_length=1, max_length=100, description="the id of a media object")]
Side = Literal[
    "center", "north", "south", "east", "west", "north_east", "north_west", "south_east", "south_west"
]  # fmt: skip


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A step of a recipe for videos. `media_kinds`: of what file its `media` may be the id."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset()

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        """The clip after this step; `others`: the recordings that operations name. Raises InvalidRecipe, whose `field` is
        the parameter, when it does not fit the clip."""
        raise NotImplementedError
