from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.media import Media, Variant
from mediaworks.processing import OUTPUTS, Output
from mediaworks.transformations.recipe import Recipe, read_recipe

SHOWN_BY_BROWSERS = ("jxl", "avif", "webp", "gif", "png", "jpeg")
"""The best first, and what every browser shows last."""
WRITTEN = tuple(str(kind.__struct_config__.tag) for kind in OUTPUTS)
FORMATS = tuple(name for name in SHOWN_BY_BROWSERS if name in WRITTEN)
WIDTHS = (16, 8192)
MOST_WIDTHS = 16
MOST_RENDITIONS = 40

Size = tuple[int, int]
_RATIO = re.compile(r"[1-9]\d{0,4}:[1-9]\d{0,4}")


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set of renditions: every width (pixels) in every format, of the picture after `operations`, the middle of which is
    cut to `aspect_ratio` (`16:9`)."""

    widths: tuple[int, ...] = (320, 640, 960, 1280, 1920)
    formats: tuple[str, ...] = tuple(name for name in ("avif", "webp", "jpeg") if name in FORMATS)
    operations: list[dict[str, Any]] = []
    quality: int | Literal["auto"] | None = None
    aspect_ratio: str | None = None

    def check(self) -> None:
        """Raises InvalidRecipe for what cannot be, or is too much."""
        for field, is_good, allowed in self._conditions():
            if not is_good:
                raise InvalidRecipe(f"{field}: must be {allowed}", field=field, allowed=allowed)
        self.recipe()

    def _conditions(self) -> Iterator[tuple[str, bool, str]]:
        """Fields, whether they are good, and what is allowed there."""
        least, most = WIDTHS
        yield "widths", 1 <= len(self.widths) <= MOST_WIDTHS, f"1 to {MOST_WIDTHS} widths"
        for place, width in enumerate(self.widths):
            yield f"widths[{place}]", least <= width <= most, f"{least} to {most} pixels"
        yield "formats", 1 <= len(self.formats) <= len(FORMATS), f"1 to {len(FORMATS)} formats"
        for place, name in enumerate(self.formats):
            yield f"formats[{place}]", name in FORMATS, f"one of {', '.join(FORMATS)}"
        count = len(set(self.widths)) * len(set(self.formats))
        yield "widths", count <= MOST_RENDITIONS, f"at most {MOST_RENDITIONS} renditions, widths times formats"
        yield "aspect_ratio", bool(_RATIO.fullmatch(self.aspect_ratio or "1:1")), "width:height, such as 16:9"
        yield "quality", self.quality in {None, "auto", *range(1, 101)}, "1 to 100, or auto"

    def recipe(self) -> Recipe:
        """What is done to the picture before it is scaled. Raises InvalidRecipe."""
        ratio = [] if self.aspect_ratio is None else [{"type": "crop", "ratio": self.aspect_ratio}]
        return read_recipe([*self.operations, *ratio], None)

    def outputs(self) -> dict[str, Output]:
        """By format, in the order in which a browser is to be asked. Raises InvalidRecipe."""
        quality = {} if self.quality is None else {"quality": self.quality}
        names = sorted(set(self.formats), key=FORMATS.index)
        return {name: read_recipe([], {"format": name, **quality}).output for name in names}

    def key(self, sha256: str) -> str:
        """The same for the same renditions of the same bytes, whatever their widths and formats."""
        told = msgspec.json.encode((sha256, self.recipe().operations, self.quality), order="sorted")
        return hashlib.sha256(told).hexdigest()[:16]


class Known(msgspec.Struct, frozen=True):
    """What is remembered of a set: the size of the picture before it is scaled, when it was ever reached, and its hashes."""

    size: Size | None
    blurhash: str | None
    thumbhash: str | None


class Srcset(msgspec.Struct, frozen=True, kw_only=True):
    """Renditions of a media object, by format in the order of `FORMATS`, each format's by width; `left_out`: widths that
    the picture does not have, whose `size` is then known."""

    media: Media
    known: Known
    size: Size | None
    renditions: dict[str, tuple[Variant, ...]]
    left_out: tuple[int, ...]
