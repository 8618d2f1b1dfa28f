"""Which renditions a set consists of, and what has to be made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from mediaworks.media import Media
from mediaworks.processing import Operation, Output, Rendered, Rendering, Rendition, read_operations
from mediaworks.transformations.recipe import Recipe, read_recipe
from mediaworks.transformations.srcset.model import Known, Size, Srcset, Wanted

PLAIN = read_recipe([], None)


class Outcome(msgspec.Struct, frozen=True):
    """What is worth keeping of a rendering, by the names it gets, and what it told."""

    named: list[tuple[str, Rendered]]
    known: Known


class Step(msgspec.Struct, frozen=True):
    """A rendition that is not there yet."""

    format: str
    width: int
    rendition: Rendition


class Plan(msgspec.Struct, frozen=True):
    """The operations of `recipe` are done once, then each step by itself; `size`: of the picture before it is scaled, if
    that is known."""

    key: str
    wanted: Wanted
    size: Size | None
    recipe: Recipe
    steps: tuple[Step, ...]

    @property
    def renditions(self) -> list[Rendition]:
        return [step.rendition for step in self.steps]

    def outcome(self, rendering: Rendering) -> Outcome:
        """Renditions that came out narrower than they were asked for are as wide as the picture is: of these one is kept, when
        there are no others."""
        made = list(zip(self.steps, rendering.renditions, strict=True))
        first, outputs = made[0][1], self.wanted.outputs()
        narrow = [one for step, one in made if one.width < step.width]
        size = (narrow[0].width, narrow[0].height) if narrow else self.size
        widths = _fitting(self.wanted, size)
        named = {name_of(self.key, one.width, outputs[step.format]): one for step, one in made if one.width in widths}
        return Outcome(list(named.items()), Known(size, first.blurhash, first.thumbhash))


def name_of(key: str, width: int, output: Output) -> str:
    """The name of the variant, which is that of its file, too."""
    return f"{key}-{width}.{output.extension}"


def planned(media: Media, wanted: Wanted, known: Known | None) -> Plan:
    """What to make; `known`: what an earlier rendering told."""
    whole = _whole(media, wanted)
    size = known.size if known and known.size else whole
    there, key = {variant.name for variant in media.variants}, wanted.key(media.sha256)
    steps = tuple(
        Step(name, width, Rendition(output, _scaling(width, whole, is_cut=wanted.aspect_ratio is not None)))
        for name, output in wanted.outputs().items()
        for width in _fitting(wanted, size)
        if name_of(key, width, output) not in there
    )
    steps = tuple(_hashed(steps))
    return Plan(key, wanted, size, wanted.recipe(), steps) if not whole else Plan(key, wanted, size, PLAIN, steps)


def assembled(media: Media, wanted: Wanted, known: Known) -> Srcset:
    """The set once all of it is there."""
    size = known.size or _whole(media, wanted)
    widths, key = _fitting(wanted, size), wanted.key(media.sha256)
    there = {variant.name: variant for variant in media.variants}
    return Srcset(
        media=media,
        known=known,
        size=size,
        renditions={
            name: tuple(there[name_of(key, width, output)] for width in widths)
            for name, output in wanted.outputs().items()
        },
        left_out=tuple(sorted(set(wanted.widths) - set(widths))),
    )


def _whole(media: Media, wanted: Wanted) -> Size | None:
    """The size of the picture before it is scaled, when that needs no look at it."""
    if wanted.operations or not media.width or not media.height:
        return None
    if wanted.aspect_ratio is None:
        return media.width, media.height
    across, down = (int(part) for part in wanted.aspect_ratio.split(":"))
    scale = min(media.width / across, media.height / down)
    return max(1, round(across * scale)), max(1, round(down * scale))


def _fitting(wanted: Wanted, size: Size | None) -> tuple[int, ...]:
    """The widths that the picture has; its own when it has none of them."""
    widths = sorted(set(wanted.widths))
    if size is None:
        return tuple(widths)
    return tuple(width for width in widths if width <= size[0]) or (size[0],)


def _scaling(width: int, whole: Size | None, *, is_cut: bool) -> tuple[Operation, ...]:
    box: dict[str, Any] = {"width": width}
    if whole and is_cut:
        box |= {"height": max(1, round(width * whole[1] / whole[0])), "fit": "cover"}
    return read_operations([{"type": "resize", **box}])


def _hashed(steps: Sequence[Step]) -> Iterator[Step]:
    """The first one has its hashes taken, too."""
    for step in steps[:1]:
        yield replace(step, rendition=replace(step.rendition, hashed=True))
    yield from steps[1:]
