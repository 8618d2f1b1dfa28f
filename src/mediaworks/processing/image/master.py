"""Masters: smaller pictures of high quality, kept so that other pictures are cut from them and not from a large original."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mediaworks.processing.model import Facts, Thumbnail, ThumbnailSize, master_name

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

QUALITY = 90
WORTH = 1.5
"""How many times longer than its master a picture is at least."""


def sizes_of(facts: Facts, wanted: Iterable[int]) -> tuple[ThumbnailSize, ...]:
    """The masters of a picture, the largest first: one for each of `wanted`, which is the length of its longer side; none
    that the picture is hardly larger than."""
    longer = max(facts.width or 0, facts.height or 0)
    return tuple(
        ThumbnailSize(master_name(side), _scaled(facts.width, side / longer), _scaled(facts.height, side / longer))
        for side in sorted(set(wanted), reverse=True)
        if longer >= WORTH * side
    )


def _scaled(side: int | None, factor: float) -> int:
    return max(1, round((side or 1) * factor))


def masters_of(base: Image, sizes: Iterable[ThumbnailSize]) -> Iterator[Thumbnail]:
    """JPEG with colours halved, or WebP where something is transparent, of `base` (8-bit sRGB in memory, at least of the largest size)."""
    current = base
    for size in sizes:
        current = current.thumbnail_image(size.width, height=size.height, size="force").copy_memory()
        yield _encoded(size.name, current)


def halvings_of(side: int, least: int) -> int:
    """How often `side` can be halved and still be at least `least`."""
    return max(0, (side // least).bit_length() - 1)


def _encoded(name: str, image: Image) -> Thumbnail:
    if image.hasalpha():
        data = image.webpsave_buffer(Q=QUALITY, effort=1, keep="none")
        return Thumbnail(name, image.width, image.height, "image/webp", data)
    data = image.jpegsave_buffer(Q=QUALITY, subsample_mode="on", keep="none")
    return Thumbnail(name, image.width, image.height, "image/jpeg", data)
