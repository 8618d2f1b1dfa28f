"""What the steps of a recipe have made so far, for the next one to know and to listen to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from mediaworks.processing.audio.model import Loudness, Silence, Sound
from mediaworks.processing.audio.passes import Ears
from mediaworks.processing.audio.watching import Watch


@dataclass(slots=True, kw_only=True)
class Heard:
    """`sound`: what the headers say, brought up to date by steps; `others`: the inputs of ffmpeg that are other media
    objects, by name."""

    ears: Ears
    sound: Sound
    others: Mapping[str, str] = field(default_factory=dict)
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

    def warn(self, text: str) -> None:
        self.warnings[text] = None

    def other(self, name: str) -> str:
        """The name of the input that is the media object `name`."""
        return self.others[name]

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
