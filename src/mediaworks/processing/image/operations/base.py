"""What an operation is. This package is also read where no decoder may be loaded: it imports libvips nowhere."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from mediaworks.processing.image.operations.colours import NAMES

if TYPE_CHECKING:
    from mediaworks.processing.image.outputs.base import Output
    from mediaworks.processing.image.vips import Image

Fraction = Annotated[float, msgspec.Meta(ge=0, le=1, description="share of the whole")]
Pixels = Annotated[int, msgspec.Meta(ge=1, le=65_535, description="pixels")]
Colour = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^(#([0-9a-fA-F]{{3,4}}|[0-9a-fA-F]{{6}}|[0-9a-fA-F]{{8}})|{'|'.join(sorted(NAMES))})$",
        description=f"#rgb, #rgba, #rrggbb, #rrggbbaa, or one of {', '.join(sorted(NAMES))}",
    ),
]


Size = tuple[int, int]
"""Width and height."""

Box = tuple[int, int, int, int]
"""Left, top, width and height, in pixels."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What operations may use beside the picture: other pictures by name, and areas in pixels where faces are; where
    they tell what they did otherwise than asked (each thing once), and what they need not make again."""

    assets: Mapping[str, Image] = field(default_factory=dict)
    faces: tuple[Box, ...] = ()
    warnings: dict[str, None] = field(default_factory=dict)
    layers: dict[Hashable, Image] = field(default_factory=dict)

    def warn(self, text: str) -> None:
        self.warnings[text] = None

    def once(self, key: Hashable, make: Callable[[], Image]) -> Image:
        """What is the same for every frame of an animation: made for the first one."""
        if key not in self.layers:
            self.layers[key] = make().copy_memory()
        return self.layers[key]

    def scaled(self, across: float, down: float) -> Scene:
        """This scene for a picture that is so many times as wide and as high."""
        return replace(self, faces=tuple(stretched(face, across, down) for face in self.faces))


def stretched(box: Box, across: float, down: float) -> Box:
    left, top, width, height = box
    return round(left * across), round(top * down), round(width * across), round(height * down)


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A step of a recipe: its parameters with their limits, and what it makes of a picture.

    `apply` gets and gives a picture upright in sRGB of eight bits a band, with or without alpha, and changes no input.
    The other methods are for steps that move pixels. `example`: parameters that are good, for what documents the step.
    """

    example: ClassVar[Mapping[str, Any]] = MappingProxyType({})

    def apply(self, image: Image, scene: Scene) -> Image:
        """The picture after this step. Raises InvalidRecipe when its parameters do not fit the picture."""
        raise NotImplementedError

    def size_after(self, size: Size) -> Size | None:
        """What it makes of a picture of this size, when it needs no pixels to know and does the same to a smaller copy."""
        return None

    def of_original(self, image: Image, size: Size, scene: Scene) -> Image:
        """The step for a picture of `size`, of which `image` is a copy, perhaps a smaller one; only after `size_after`."""
        return self.apply(image, scene)

    def carried(self, box: Box, before: Image, after: Image) -> Box:
        """Where an area of the picture lies afterwards. libvips notes by how much a step has moved its picture."""
        left, top, width, height = box
        return left + after.xoffset, top + after.yoffset, width, height

    def pinned(self, before: Image, after: Image) -> Operation:
        """The same step for the other frames of an animation: what it found out by looking at the first one stays."""
        return self

    def bound_after(self, width: int, height: int) -> tuple[int, int]:
        """How large a picture of this size is after this step at most, as far as that can be told without it."""
        return width, height

    def shape(self, output: Output) -> Output:
        """How the result is to be written after this step. Raises InvalidRecipe when the output cannot be so."""
        return output
