"""What an operation is. This package is also read where no decoder may be loaded: it imports libvips nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import msgspec

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

Fraction = Annotated[float, msgspec.Meta(ge=0, le=1)]
Pixels = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Colour = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-z]+)$",
        description="#rgb, #rgba, #rrggbb, #rrggbbaa, or a name such as white or transparent",
    ),
]


@dataclass(frozen=True, slots=True)
class Scene:
    """What operations may use beside the picture: other pictures by name, and areas in pixels where faces are."""

    assets: Mapping[str, Image] = field(default_factory=dict)
    faces: tuple[tuple[int, int, int, int], ...] = ()


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """A step of a recipe: its parameters with their limits, and what it makes of a picture.

    `apply` gets and gives a picture upright in sRGB of eight bits a band, with or without alpha, and changes no input.
    """

    def apply(self, image: Image, scene: Scene) -> Image:
        """The picture after this step. Raises Invalid when its parameters do not fit the picture."""
        raise NotImplementedError
