"""A set of renditions as callers see it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec

from mediaworks.media import Media, Variant, Visibility
from mediaworks.transformations.srcset.model import Srcset
from mediaworks.transformations.srcset.snippet import Picture, average_colour, picture_element, srcset_of


@runtime_checkable
class RenditionLinks(Protocol):
    """Makes the addresses of renditions."""

    def rendition(self, media: Media, variant: Variant) -> str: ...

    def expires_at(self) -> datetime: ...


class RenditionView(msgspec.Struct):
    """One picture of the set: its sizes in pixels and bytes."""

    url: str
    format: str
    mime_type: str
    width: int
    height: int
    size_bytes: int


class LeftOut(msgspec.Struct):
    """A width that was asked for, and why it is not there."""

    width: int
    reason: str


class SrcsetView(msgspec.Struct, kw_only=True):
    """`srcset`: for the attribute of that name, by format. `picture`: HTML, to be put into a page as it is. `color` and the
    hashes stand in for the picture until it is there. `expires_at`: until when the addresses are good; null: for good."""

    media_id: UUID
    items: list[RenditionView]
    left_out: list[LeftOut]
    srcset: dict[str, str]
    picture: str
    width: int
    height: int
    color: str | None
    blurhash: str | None
    thumbhash: str | None
    expires_at: datetime | None


def srcset_view(found: Srcset, links: RenditionLinks, *, alt: str, sizes: str) -> SrcsetView:
    pictures = {
        name: [Picture(links.rendition(found.media, one), one.width, one.height) for one in variants]
        for name, variants in found.renditions.items()
    }
    mimes = {name: variants[0].mime_type for name, variants in found.renditions.items()}
    color = average_colour(found.known.thumbhash)
    sources = [(mimes[name], shown) for name, shown in pictures.items()]
    largest = sources[-1][1][-1]
    own_width = found.size[0] if found.size else largest.width
    return SrcsetView(
        media_id=found.media.id,
        items=[
            RenditionView(picture.url, name, one.mime_type, one.width, one.height, one.size_bytes)
            for name, variants in found.renditions.items()
            for picture, one in zip(pictures[name], variants, strict=True)
        ],
        left_out=[LeftOut(width, f"The picture is {own_width} pixels wide") for width in found.left_out],
        srcset={name: srcset_of(shown) for name, shown in pictures.items()},
        picture=picture_element(sources, alt=alt, sizes=sizes, background=color),
        width=largest.width,
        height=largest.height,
        color=color,
        blurhash=found.known.blurhash,
        thumbhash=found.known.thumbhash,
        expires_at=links.expires_at() if found.media.visibility is Visibility.PRIVATE else None,
    )
