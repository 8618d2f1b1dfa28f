from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from mediaworks.processing.image.operations.base import Operation, Scene, Size

if TYPE_CHECKING:
    from mediaworks.processing.image.outputs.base import Output
    from mediaworks.processing.image.vips import Image


class Compress(Operation, frozen=True, kw_only=True, tag="compress"):
    """How the result is compressed, wherever in the recipe this stands; of several the later wins where
    they differ. `smart`: the lowest
    quality that looks the same, with the settings that make small files; `quality`: by a number from 1 to 100; `target_size`:
    at most `max_bytes`, by quality and then by pixels; `lossless`: smaller without loss, which JPEG cannot be; `progressive`:
    shown coarsely at first, where the format knows how. Without `mode`: by what is given, else smart."""

    mode: Literal["smart", "quality", "target_size", "lossless", "progressive"] | None = None
    quality: Annotated[int, msgspec.Meta(ge=1, le=100, description="of 100")] | None = None
    max_bytes: Annotated[int, msgspec.Meta(ge=100, le=2**31 - 1, description="bytes")] | None = None

    def __post_init__(self) -> None:
        if self.mode == "target_size" and self.max_bytes is None:
            raise ValueError("max_bytes: target_size needs it")
        if self.mode in {"smart", "lossless"} and self.quality is not None:
            raise ValueError(f"quality: {self.mode} finds or needs none")

    def apply(self, image: Image, scene: Scene) -> Image:
        return image

    def size_after(self, size: Size) -> Size | None:
        return size

    def shape(self, output: Output) -> Output:
        if self.max_bytes is not None:
            output = msgspec.structs.replace(output, max_bytes=self.max_bytes)
        if self.quality is not None:
            output = msgspec.structs.replace(output, quality=self.quality)
        match self._mode():
            case "smart":
                return msgspec.structs.replace(output.smallest(), quality="auto")
            case "target_size":
                return msgspec.structs.replace(output.smallest(), shrink=True)
            case "lossless":
                return output.lossless_too()
            case "progressive":
                return output.coarse_first()
            case _:
                return output

    def _mode(self) -> str:
        if self.mode is not None:
            return self.mode
        if self.quality is not None:
            return "quality"
        return "smart" if self.max_bytes is None else "target_size"
