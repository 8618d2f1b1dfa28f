"""How well an output keeps what a picture shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mediaworks.processing.image import vips
from mediaworks.processing.image.quality.excerpt import excerpt
from mediaworks.processing.image.quality.similarity import SMALLEST, Original

OPTIMISM = 1.5  # points by which photos score better in an excerpt than whole; measured, see docs/outputs.md


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares what encoders make of a picture, or of an excerpt of a large one, with the picture."""

    part: vips.Image
    original: Original
    margin: float

    @classmethod
    def of(cls, image: vips.Image) -> Judge | None:
        """None for pictures too small to say anything of."""
        if min(image.width, image.height) < SMALLEST:
            return None
        part = excerpt(image)
        return cls(part, Original.of(part), 0.0 if part is image else OPTIMISM)

    def score(self, encode: Callable[[vips.Image, int], bytes], quality: int) -> float:
        return self.original.score(vips.Image.new_from_buffer(encode(self.part, quality), "")) - self.margin
