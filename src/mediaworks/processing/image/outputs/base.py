"""What an output is. Like the operations, read where no decoder may be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Colour

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Quality = Annotated[int, msgspec.Meta(ge=1, le=100)]
Similarity = Annotated[float, msgspec.Meta(ge=10, le=98)]
Level = Literal["low", "good", "high", "best"]
Profile = Literal["srgb", "p3"]
Keep = Literal["copyright", "profile", "exif", "gps", "gain_map"]
LEVELS: Mapping[str, float] = {"low": 50, "good": 70, "high": 80, "best": 90}
SMALLEST_BUDGET = 100


class Output(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="format"):
    """How a picture is written.

    `quality`: 1 to 100, or `auto`: the lowest that still looks as like the original as `similarity` says, a SSIMULACRA 2 score
    (80 is what a careful look side by side cannot tell apart) or its name. `max_bytes`: the file is no larger; first quality
    gives way, then with `shrink` the number of pixels. `keep`: what metadata stays. `profile`: the colours of the file.
    `background` shows through where the format knows no transparency; without `animated` the first frame is all there is.
    """

    mime: ClassVar[str]
    extension: ClassVar[str]
    saver: ClassVar[str]
    usual_quality: ClassVar[int] = 80
    first_try: ClassVar[int] = 80
    has_alpha: ClassVar[bool] = True
    moves: ClassVar[bool] = False
    longest_side: ClassVar[int] = 65_535

    quality: Quality | Literal["auto"] | None = None
    similarity: Similarity | Level = "high"
    max_bytes: Annotated[int, msgspec.Meta(ge=SMALLEST_BUDGET)] | None = None
    shrink: bool = False
    keep: tuple[Keep, ...] = ()
    profile: Profile = "srgb"
    background: Colour = "white"
    animated: bool = True

    @property
    def lossy(self) -> bool:
        """Whether quality means anything."""
        return True

    @property
    def bits(self) -> int:
        """Of a band of a pixel in the file."""
        return 8

    @property
    def target(self) -> float:
        """The score that `quality: auto` is to reach."""
        return LEVELS[self.similarity] if isinstance(self.similarity, str) else self.similarity

    def options(self, quality: int) -> dict[str, Any]:
        """What the saver of libvips is called with."""
        raise NotImplementedError

    def encode(self, image: Image, quality: int, keep: str = "none", **others: str) -> bytes:
        """The picture (in the format's own depth; several frames one below the other), with the metadata that libvips is
        told to `keep`."""
        return bytes(getattr(image, self.saver)(**self.options(quality), keep=keep, **others))

    def smallest(self) -> Self:
        """With the settings that make small files, at whatever cost of time."""
        return self

    def lossless_too(self) -> Self:
        """Without loss. Raises InvalidRecipe where the format cannot."""
        raise InvalidRecipe(
            f"output.format: {self.name()} cannot be written without loss; png, webp, avif and tiff can",
            field="output.format",
            allowed=["png", "webp", "avif", "tiff"],
        )

    def coarse_first(self) -> Self:
        """Shown coarsely at first, then finer, where the format knows how."""
        return self

    def closer(self) -> Self:
        """With settings that come closer to the original, for when no quality was good enough with these."""
        return self

    @classmethod
    def name(cls) -> str:
        return str(cls.__struct_config__.tag)
