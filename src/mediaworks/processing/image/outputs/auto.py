from __future__ import annotations

from typing import ClassVar

from mediaworks.processing.image.outputs.base import Output


class Auto(Output, frozen=True, kw_only=True, tag="auto"):
    """The format that the picture had; JPEG instead of HEIC, PNG instead of what is not written, such as BMP."""

    mime: ClassVar[str] = ""
    extension: ClassVar[str] = ""
    saver: ClassVar[str] = ""
