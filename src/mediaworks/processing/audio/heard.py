"""What the steps of a recipe have made so far, for the next one to know and to listen to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.covers import MOST_BYTES, PICTURES, Cover
from mediaworks.processing.audio.model import Loudness, Silence, Sound
from mediaworks.processing.audio.passes import Ears
from mediaworks.processing.audio.watching import Watch


@dataclass(slots=True, kw_only=True)
class Heard:
    """`sound`: what the headers say, brought up to date by steps; `others`: the inputs of ffmpeg that are other
    recordings, by name, and `pictures` those that can be a cover; `cover`: the one that will be written."""

    ears: Ears
    sound: Sound
    others: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Cover] = field(default_factory=dict)
    cover: Cover | None = None
    watch: Watch
    step: int = 0
    warnings: dict[str, None] = field(default_factory=dict)
    _filters: list[str] = field(default_factory=list)

    @property
    def is_untouched(self) -> bool:
        return self.step == 0

    def graph(self, *more: str) -> str:
        """All filters until here, and more."""
        return f"[0:{self.sound.stream}]" + ",".join((*self._filters, *more) or ("anull",))

    def take(self, filters: Sequence[str]) -> None:
        """The step is over."""
        self._filters.extend(filters)
        self.step += 1

    def now_has(self, channels: int) -> None:
        self.sound = msgspec.structs.replace(self.sound, channels=channels)

    def now_has_cover(self, cover: Cover | None) -> None:
        self.cover = cover

    def warn(self, text: str) -> None:
        self.warnings[text] = None

    def other(self, name: str) -> str:
        """The input that is the sound of the media object `name`. Raises InvalidRecipe when it has none."""
        if name not in self.others:
            raise InvalidRecipe("media: must be recordings", field="media")
        return self.others[name]

    def picture(self, name: str) -> Cover:
        """The media object `name`. Raises InvalidRecipe when it can be no cover."""
        if name not in self.pictures:
            allowed = sorted(PICTURES)
            raise InvalidRecipe(f"media: a cover is one of {', '.join(allowed)}", field="media", allowed=allowed)
        if os.fstat((cover := self.pictures[name]).source.descriptor).st_size > MOST_BYTES:
            raise InvalidRecipe(f"media: a cover has at most {MOST_BYTES >> 20} MiB", field="media", limit=MOST_BYTES)
        return cover

    async def loudness(self, *more: str) -> Loudness:
        self.watch.listen()
        return await self.ears.loudness(self.graph(*more), self.watch.heard)

    async def seconds(self) -> float:
        self.watch.listen()
        return await self.ears.seconds(self.graph(), self.watch.heard)

    async def silences(self, threshold: float, minimum: float) -> list[Silence]:
        self.watch.listen()
        return await self.ears.silences(self.graph(), threshold, minimum)

    async def write(self, arguments: Sequence[str], out: int) -> float:
        """The last pass: into the file behind `out`. How many seconds were written."""
        self.watch.write()
        return await self.ears.write(arguments, out, self.watch.heard)
