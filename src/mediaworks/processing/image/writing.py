"""A finished picture becomes a file: in the format's size, depth and colours, at the quality that is asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from mediaworks.errors import UnsupportedType
from mediaworks.processing.image import animation, vips
from mediaworks.processing.image.fitting import fitted
from mediaworks.processing.image.gain_map import GainMap
from mediaworks.processing.image.keeping import Metadata
from mediaworks.processing.image.outputs import OUTPUTS, Auto, Output
from mediaworks.processing.image.outputs.avif import Avif
from mediaworks.processing.image.quality.budget import Made
from mediaworks.processing.image.quality.judging import Judge
from mediaworks.processing.image.quality.search import Found, lowest_quality
from mediaworks.processing.image.readying import page_height, readied


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file, and what it took: `quality` of formats that have it, `score` where it was measured."""

    data: bytes
    width: int
    height: int
    quality: int | None = None
    score: float | None = None


def writable() -> list[str]:
    """The formats that this build of libvips writes."""
    return [kind.name() for kind in OUTPUTS if kind is not Auto and _can_write(kind)]


def refuse_unwritable(output: Output) -> None:
    """Raises UnsupportedType, which names the formats that are there."""
    if not _can_write(type(output)):
        there = writable()
        raise UnsupportedType(
            f"output.format: {output.name()} cannot be written by this build of libvips; {', '.join(there)} can",
            field="output.format",
            allowed=there,
        )


def written(
    image: vips.Image, output: Output, metadata: Metadata, *, gains: GainMap | None = None, space: str = "srgb"
) -> Written:
    """`image`, whose colours are those of `space`, as a file. Raises InvalidRecipe when it cannot be what `output` asks."""
    image = readied(image, output, space)
    output, found = _with_quality(image, output)
    worn, keep = metadata.attached_to(image, output.keep, output.mime)
    if gains is not None:
        worn = gains.attached_to(worn)
    encode = partial(_encoded, output, keep)
    made, worn = fitted(worn, output, encode, Made(found.quality, encode(worn, found.quality)))
    return Written(
        data=made.data,
        width=worn.width,
        height=page_height(worn),
        quality=made.quality if output.lossy else None,
        score=_told(found) if made.quality == found.quality and worn.width == image.width else None,
    )


def _told(found: Found) -> float | None:
    return round(found.score, 1) if math.isfinite(found.score) else None


def _can_write(kind: type[Output]) -> bool:
    if issubclass(kind, Avif):
        return vips.can_encode_heif(kind.codec)
    return vips.can_write(kind.saver)


def _with_quality(image: vips.Image, output: Output) -> tuple[Output, Found]:
    """The quality to begin with, and the output again: closer to the original where no quality was good enough."""
    if output.quality != "auto":
        return output, Found(output.quality or output.usual_quality, math.nan)
    judge = Judge.of(animation.apart(image).first) if output.lossy or output.closer() != output else None
    if judge is None:
        return output, Found(output.usual_quality, math.nan)
    found = _judged(judge, output)
    if found.score >= output.target or output.closer() == output:
        return output, found
    return output.closer(), _judged(judge, output.closer())


def _judged(judge: Judge, output: Output) -> Found:
    """The lowest quality that is good enough; of an output without quality, how good it is."""
    score = partial(judge.score, output.encode)
    if output.lossy:
        return lowest_quality(score, output.target, output.first_try)
    return Found(output.usual_quality, score(output.usual_quality))


def _encoded(output: Output, keep: str, image: vips.Image, quality: int) -> bytes:
    if output.profile == "srgb" and "profile" not in output.keep:
        return output.encode(image, quality, keep)
    return output.encode(image, quality, keep, profile=output.profile)
