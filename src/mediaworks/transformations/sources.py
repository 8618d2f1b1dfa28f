"""From which file a picture is rendered: the original, or a master of it where that comes to the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from mediaworks.media import Media, Variant, best_source
from mediaworks.processing import Operation, Output, Rendition, needs_faces, settle_output, shape_output, size_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A file of a media object; `size`: that of the original upright, where this is a smaller copy."""

    storage_key: str
    mime_type: str
    size: tuple[int, int] | None
    renditions: tuple[Rendition, ...]


def source_for(media: Media, operations: Sequence[Operation], renditions: Sequence[Rendition]) -> Chosen:
    """The file, and the renditions with formats of their own: what is left to the source goes by the original."""
    settled = tuple(_settled(media, rendition) for rendition in renditions)
    master = _master(media, operations, settled)
    if master is None:
        return Chosen(storage_key=media.storage_key, mime_type=media.mime_type, size=None, renditions=settled)
    size = (media.width or 1, media.height or 1)
    return Chosen(storage_key=master.storage_key, mime_type=master.mime_type, size=size, renditions=settled)


def _settled(media: Media, rendition: Rendition) -> Rendition:
    return replace(rendition, output=settle_output(rendition.output, media.mime_type))


def _master(media: Media, operations: Sequence[Operation], renditions: Sequence[Rendition]) -> Variant | None:
    """A master that will do: it has no metadata, eight bits of sRGB, has been through a lossy encoder, and no face was
    looked for in it."""
    steps = [*operations, *(step for rendition in renditions for step in rendition.operations)]
    if media.width is None or media.height is None or needs_faces(steps):
        return None
    if not all(
        _allows_a_copy(shape_output(rendition.output, (*operations, *rendition.operations))) for rendition in renditions
    ):
        return None
    return best_source(media, *size_needed((media.width, media.height), renditions, operations=operations))


def _allows_a_copy(output: Output) -> bool:
    return output.lossy and not output.keep and output.profile == "srgb" and output.bits == 8
