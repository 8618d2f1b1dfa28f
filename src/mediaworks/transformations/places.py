from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mediaworks.errors import Unavailable

RETRY_SECONDS = 2


class Places:
    """Room for so many that work or wait to; who finds none is told to come back, instead of waiting for ever."""

    def __init__(self, count: int) -> None:
        self._free = count

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place until the block ends. Raises Unavailable when there is none."""
        if self._free == 0:
            raise Unavailable("Too many wait for pictures: try again soon", code="busy", retry_after=RETRY_SECONDS)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
