"""How far several passes over one sound are, when nobody knows how many there will be."""

from __future__ import annotations

from mediaworks.processing.recorded import Progress

GENERATION = 0.5


class Watch:
    """`seconds`: how long a pass lasts, about. Each pass but the last one takes half of what is left to be shown."""

    def __init__(self, seconds: float | None, progress: Progress | None) -> None:
        self._seconds = seconds
        self._progress = progress
        self._begun = self._reaches = 0.0

    def listen(self) -> None:
        """A pass begins that is not the last one."""
        self._begin(self._reaches + (1 - self._reaches) * GENERATION)

    def write(self) -> None:
        """The last pass begins."""
        self._begin(1.0)

    async def heard(self, seconds: float) -> None:
        """So much of the pass is done."""
        if self._progress is not None and self._seconds:
            share = min(1.0, seconds / self._seconds)
            await self._progress(self._begun + (self._reaches - self._begun) * share)

    def _begin(self, reaches: float) -> None:
        self._begun, self._reaches = self._reaches, reaches
