from __future__ import annotations

from typing import ClassVar

from mediaworks.processing.image.outputs.avif import Avif


class Heif(Avif, frozen=True, kw_only=True, tag="heif"):
    """Pictures in HEVC, as phones take them. Its patents keep the encoder out of most builds of libvips: where it is
    missing, this is refused."""

    mime: ClassVar[str] = "image/heic"
    extension: ClassVar[str] = "heic"
    codec: ClassVar[str] = "hevc"
