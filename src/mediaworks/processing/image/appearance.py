"""How a decoded picture looks: thumbnails, colours and placeholders, all cut from the same pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import blurhash
import msgspec

from mediaworks.processing.image import vips
from mediaworks.processing.image.fingerprint import fingerprints_of
from mediaworks.processing.image.histogram import histogram_of
from mediaworks.processing.image.master import masters_of
from mediaworks.processing.image.palette import palette_of
from mediaworks.processing.image.sharpness import sharpness_of
from mediaworks.processing.image.thumbhash import thumbhash_of
from mediaworks.processing.model import Appearance, Facts, Thumbnail, ThumbnailSize, Understanding
from mediaworks.processing.palette import dominant, merged

QUALITY = 80
EFFORT = 1  # a quarter of the time of the default 4, files some 5 % larger
LARGE = 2_000_000  # pixels from which on it is 0: whoever uploads waits for the largest, which then has 6 % more bytes
PALETTE_COLOURS = 6
TINY = 32
SPACING = 4
SAMPLE = 512


def looked_at(
    known: Understanding, base: vips.Image, sizes: tuple[ThumbnailSize, ...], masters: Iterable[ThumbnailSize] = ()
) -> Understanding:
    """`known` with all that the pixels of `base` (8-bit sRGB, with or without alpha, in memory) show."""
    with ThreadPoolExecutor(2) as encoders:
        kept = encoders.submit(lambda: tuple(masters_of(base, masters)))
        scaled, encoded = [base], []
        for size, image in _scaled(base, known.facts, sizes):
            encoded.append(encoders.submit(_encoded, size, image))
            scaled += [] if size.crop else [image]
        seen = _shown(known, _sample(scaled))
        thumbnails = tuple(thumbnail.result() for thumbnail in encoded)
        return msgspec.structs.replace(seen, thumbnails=thumbnails, masters=kept.result())


def appearance_of(sample: vips.Image) -> Appearance:
    """What a picture (8-bit sRGB in memory, at most SAMPLE pixels long) shows."""
    flat = sample.flatten(background=255) if sample.hasalpha() else sample
    return Appearance(
        colours=palette_of(_points(sample)),
        histogram=histogram_of(flat),
        sharpness=sharpness_of(flat),
        fingerprints=fingerprints_of(flat),
    )


def _shown(known: Understanding, sample: vips.Image) -> Understanding:
    appearance, tiny = appearance_of(sample), _tiny(sample)
    main = dominant(appearance.colours)
    return msgspec.structs.replace(
        known,
        appearance=appearance,
        palette=tuple(swatch.hex for swatch in merged(appearance.colours, PALETTE_COLOURS)),
        dominant_color=main.hex if main else None,
        blurhash=_blurhash(tiny),
        thumbhash=thumbhash_of(tiny.width, tiny.height, bytes(tiny.write_to_memory())),
    )


def _sample(images: Sequence[vips.Image]) -> vips.Image:
    """The picture, fitted into SAMPLE pixels, from the smallest of `images` (the largest first) that is large enough."""
    enough = [image for image in images if max(image.width, image.height) >= SAMPLE]
    image = enough[-1] if enough else images[0]
    return image.thumbnail_image(SAMPLE, height=SAMPLE, size="down").copy_memory()


def _scaled(
    base: vips.Image, facts: Facts, sizes: tuple[ThumbnailSize, ...]
) -> Iterator[tuple[ThumbnailSize, vips.Image]]:
    """A picture for each size, the largest first, each made from the one before; sizes that would enlarge are left out."""
    made = [base]
    boxes = sorted((size for size in sizes if not size.crop), key=lambda size: -size.width * size.height)
    longest = max(facts.width or 0, facts.height or 0)
    for size in boxes:
        if longest < max(size.width, size.height) and size is not boxes[-1]:
            continue
        made.append(made[-1].thumbnail_image(size.width, height=size.height, size="down").copy_memory())
        yield size, made[-1]
    yield from ((size, _cropped(made, size)) for size in sizes if size.crop)


def _cropped(images: list[vips.Image], size: ThumbnailSize) -> vips.Image:
    """Cut from the smallest picture that is large enough, or from the largest (the first) when none is."""
    enough = [image for image in images if image.width >= size.width and image.height >= size.height]
    image = enough[-1] if enough else images[0]
    width, height = min(size.width, image.width), min(size.height, image.height)
    return image.thumbnail_image(width, height=height, size="both", crop="attention").copy_memory()


def _encoded(size: ThumbnailSize, image: vips.Image) -> Thumbnail:
    effort = EFFORT if image.width * image.height < LARGE else 0
    data = image.webpsave_buffer(Q=QUALITY, effort=effort, keep="none")
    return Thumbnail(size.name, image.width, image.height, "image/webp", data)


def _tiny(image: vips.Image) -> vips.Image:
    small = image.thumbnail_image(TINY, height=TINY, size="down")
    return small if small.hasalpha() else small.addalpha()


def _points(sample: vips.Image) -> vips.Image:
    """Some of the pixels of a smaller picture: where colours meet, averages of all would make colours that are nowhere."""
    small = sample.thumbnail_image(TINY * SPACING, height=TINY * SPACING, size="down")
    step = min(SPACING, small.width, small.height)
    points = small.copy_memory().subsample(step, step)
    return points if points.hasalpha() else points.addalpha()


def _blurhash(tiny: vips.Image) -> str:
    """BlurHash (woltapp) with 4 × 3 components, on white where the picture is transparent."""
    flat = tiny.flatten(background=255)
    data, width = bytes(flat.write_to_memory()), flat.width
    rows = [
        [tuple(data[3 * (y * width + x) : 3 * (y * width + x) + 3]) for x in range(width)] for y in range(flat.height)
    ]
    return str(blurhash.encode(rows, components_x=4, components_y=3))


def placeholders_of(image: vips.Image) -> tuple[str, str]:
    """BlurHash and ThumbHash of eight-bit sRGB with or without alpha."""
    tiny = _tiny(image)
    return _blurhash(tiny), thumbhash_of(tiny.width, tiny.height, bytes(tiny.write_to_memory()))
