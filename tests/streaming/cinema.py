"""Recordings on the disk, and runs over them that count how often the encoder was started."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.processing.video.filming import WHEEL, filmed, presented

from mediaworks.processing import AnyRendition, VideoRendition
from mediaworks.streaming.cache import SegmentCache
from mediaworks.streaming.config import StreamingConfig
from mediaworks.streaming.model import Playable
from mediaworks.streaming.runs import Runs
from mediaworks.streaming.shared.shelf import NoShelf


class OnDisk:
    """Of a storage what runs need: a file."""

    def is_at_hand(self, size_bytes: int) -> bool:
        return True

    @asynccontextmanager
    async def as_file(self, playable: Playable) -> AsyncIterator[int]:
        descriptor = os.open(playable.storage_key, os.O_RDONLY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


@dataclass
class Cinema:
    """A recording of 96×64, 25 frames a second, in segments of a second, and processes that show it."""

    folder: Path
    seconds: float = 12
    program: Path = WHEEL
    started: int = 0
    encoded: float = 0
    playable: Playable = field(init=False)

    def __post_init__(self) -> None:
        content = filmed(seconds=self.seconds)
        film = self.folder / "film.mp4"
        film.write_bytes(content)
        presentation = presented(content, heights=(64,), seconds=1.0)
        self.playable = Playable(
            media_id=uuid4(), user_id=uuid4(), is_private=True, sha256="0" * 64, storage_key=str(film), size_bytes=len(content),
            mime_type="video/mp4", presentation=presentation, segment_seconds=1.0,
        )  # fmt: skip

    @property
    def video(self) -> VideoRendition:
        return self.playable.presentation.videos[0]

    @property
    def cache(self) -> SegmentCache:
        return SegmentCache(self.folder / "segments", 1 << 30)

    @property
    def made(self) -> set[int]:
        return self.cache.made(self.playable.key(self.video))

    def process(self, **settings: Any) -> Runs:
        """What one process of the service has: any number of them share the cache."""
        config = StreamingConfig(**{"segment_seconds": 1.0, "ahead": 2, "idle_seconds": 5.0, **settings})
        return Runs(OnDisk(), self.cache, self._start, config, self, NoShelf())

    def _start(self) -> Path:
        self.started += 1
        return self.program

    async def require(self, playable: Playable, rendition: AnyRendition) -> None:
        """Whoever comes is let in."""

    async def count(self, playable: Playable, rendition: AnyRendition, *, seconds: float) -> None:
        assert playable is self.playable
        self.encoded += seconds
