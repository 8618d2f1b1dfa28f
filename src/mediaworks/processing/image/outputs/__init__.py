"""Everything that a picture can be written as: one file for each format, one line in this table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Union

import msgspec

from mediaworks.processing.image.outputs.auto import Auto
from mediaworks.processing.image.outputs.avif import Avif
from mediaworks.processing.image.outputs.base import Output
from mediaworks.processing.image.outputs.gif import Gif
from mediaworks.processing.image.outputs.heif import Heif
from mediaworks.processing.image.outputs.jpeg import Jpeg
from mediaworks.processing.image.outputs.jxl import Jxl
from mediaworks.processing.image.outputs.png import Png
from mediaworks.processing.image.outputs.tiff import Tiff
from mediaworks.processing.image.outputs.webp import Webp

if TYPE_CHECKING:
    from mediaworks.processing.image.operations import Operation

OUTPUTS: tuple[type[Output], ...] = (Auto, Jpeg, Png, Webp, Avif, Gif, Heif, Tiff, Jxl)
INSTEAD: dict[str, type[Output]] = {"image/heic": Jpeg, "image/heif": Jpeg}

if TYPE_CHECKING:
    AnyOutput = Output
else:
    AnyOutput = Union[OUTPUTS]  # noqa: UP007 - made of the table


def read(raw: dict[str, Any]) -> Output:
    """The output that JSON describes; without a format it is that of the source. Raises msgspec.ValidationError."""
    found: Output = msgspec.convert({"format": "auto", **raw}, AnyOutput)
    return found


def settled(output: Output, mime: str) -> Output:
    """`output` in a format of its own: for `auto` that of a source of type `mime`, or PNG when it cannot be written."""
    if not isinstance(output, Auto):
        return output
    kind = INSTEAD.get(mime) or next((kind for kind in OUTPUTS if kind.mime == mime), Png)
    shared = {name: getattr(output, name) for name in Output.__struct_fields__}
    return kind(**shared)


def shaped(output: Output, operations: Iterable[Operation]) -> Output:
    """`output` as the operations want it that say how to write. Raises InvalidRecipe."""
    for operation in operations:
        output = operation.shape(output)
    return output


__all__ = ["OUTPUTS", "AnyOutput", "Auto", "Output", "read", "settled", "shaped"]
