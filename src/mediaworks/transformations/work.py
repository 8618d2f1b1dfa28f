"""How large a picture becomes or how long a sound, and how much work that is: what decides between an answer at once, a job
and a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from mediaworks.errors import InvalidRecipe
from mediaworks.media import Media
from mediaworks.processing import Rendition, settle_output, shape_output
from mediaworks.transformations.recipe import AudioRecipe, Recipe

MEGAPIXEL = 1_000_000
OF_FORMAT = {"image/avif": 25.0, "image/heif": 25.0, "image/webp": 4.0, "image/png": 3.0}
SEARCHES = 6.0  # encodings that a search for a quality takes, about


def moves(media: Media, recipe: Recipe) -> bool:
    """Whether the result has as many frames as the picture."""
    output = settle_output(recipe.output, media.mime_type)
    return output.moves and output.animated


def megapixels_of(media: Media, recipe: Recipe, frames: int = 1) -> float:
    """Megapixels that are read, changed and written, those of slow formats counted several times: where one is about 10 ms
    of a core. 0 for a picture of unknown size, which the deadline limits alone. Raises InvalidRecipe for an output that
    cannot be what the operations want of it."""
    areas = list(_areas(media, recipe))
    return (sum(areas) + areas[-1] * _weight(recipe, media.mime_type)) * frames / MEGAPIXEL


def megapixels_of_all(media: Media, recipe: Recipe, renditions: Sequence[Rendition]) -> float:
    """As `megapixels_of`, of several renditions made of what the operations of `recipe` leave."""
    shared = sum(_areas(media, recipe))
    each = (_work_on(media, Recipe((*recipe.operations, *one.operations), one.output)) for one in renditions)
    return (shared + sum(each)) / MEGAPIXEL


def _work_on(media: Media, recipe: Recipe) -> float:
    """Pixels that are written and what led to them last, counted as often as their format is slow."""
    *_, last = _areas(media, recipe)
    return last * (1 + _weight(recipe, media.mime_type))


def seconds_of(media: Media, recipe: AudioRecipe, others: Mapping[str, Media]) -> float:
    """Of sound, at most, that are read or that a step makes. 0 where it is not known how long a recording lasts, which the
    deadline limits alone."""
    lengths = {name: other.duration or 0.0 for name, other in others.items()}
    seconds = longest = media.duration or 0.0
    for operation in recipe.operations:
        seconds = operation.lasting(seconds, lengths)
        longest = max(longest, seconds)
    return longest


def refuse_too_large(media: Media, recipe: Recipe, limit: int) -> None:
    """Raise InvalidRecipe for the operation that makes the picture larger than `limit` pixels."""
    areas = list(_areas(media, recipe))
    for number, (before, after) in enumerate(pairwise(areas)):
        if after > max(before, limit):
            raise InvalidRecipe(
                f"operations[{number}]: makes {after / MEGAPIXEL:.0f} megapixels; {limit / MEGAPIXEL:.0f} are allowed",
                field=f"operations[{number}]",
                limit=limit,
            )


def _areas(media: Media, recipe: Recipe) -> Iterator[int]:
    """Pixels of the picture, and after each operation at most."""
    size = media.width or 0, media.height or 0
    yield size[0] * size[1]
    for operation in recipe.operations:
        size = operation.bound_after(*size) if all(size) else size
        yield size[0] * size[1]


def _weight(recipe: Recipe, mime: str) -> float:
    output = shape_output(settle_output(recipe.output, mime), recipe.operations)
    searched = output.quality == "auto" or output.max_bytes is not None
    return OF_FORMAT.get(output.mime, 1.0) * (SEARCHES if searched else 1.0)
