"""Several files on their way to the service at once, each with its own outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, Protocol

from rich.progress import Progress, TaskID

from mediaworks.cli.client import failure
from mediaworks.cli.progress import transfer_progress
from mediaworks.cli.sources import Source
from mediaworks.errors import ClientGone, MediaworksError

Result = dict[str, Any]


class Unreadable(MediaworksError):
    code, title = "unreadable", "The file cannot be read"


class Way(Protocol):
    """How a source gets to the service."""

    def send(self, source: Source, sent: Callable[[int], None], stopped: threading.Event) -> Result:
        """The media object that it became. Raises MediaworksError, OSError."""
        ...


class Bars:
    """A bar for each file under way, and one for all of them when there are several. `stop` ends every sending."""

    def __init__(self, progress: Progress, sources: Sequence[Source]) -> None:
        self._progress = progress
        self.stopped = threading.Event()
        self._whole = self._add("all", [source.size for source in sources]) if len(sources) > 1 else None

    def stop(self) -> None:
        self.stopped.set()

    @contextmanager
    def of(self, source: Source) -> Iterator[Callable[[int], None]]:
        """What to call with the size of each piece sent, negative when it must be sent again; it raises ClientGone
        after `stop`."""
        bar = self._add(source.name, [source.size])
        try:
            yield lambda count: self._advance(bar, count)
        finally:
            self._progress.remove_task(bar)

    def _add(self, name: str, sizes: list[int | None]) -> TaskID:
        known = [size for size in sizes if size is not None]
        return self._progress.add_task(name, total=sum(known) if len(known) == len(sizes) else None)

    def _advance(self, bar: TaskID, count: int) -> None:
        if self.stopped.is_set():
            raise ClientGone
        self._progress.advance(bar, count)
        if self._whole is not None:
            self._progress.advance(self._whole, count)


def send_all(way: Way, sources: Sequence[Source], parallel: int) -> Generator[tuple[int, Result]]:
    """Yield each source's place and what became of it, as it comes: a media object or `{name, error}`.

    Leaving early stops what is under way and begins nothing more.
    """
    with transfer_progress() as progress, ThreadPoolExecutor(parallel) as threads:
        bars = Bars(progress, sources)
        places = {threads.submit(_outcome, way, source, bars): place for place, source in enumerate(sources)}
        try:
            for done in as_completed(places):
                yield places[done], done.result()
        finally:
            bars.stop()
            threads.shutdown(wait=False, cancel_futures=True)


def _outcome(way: Way, source: Source, bars: Bars) -> Result:
    try:
        with bars.of(source) as sent:
            return way.send(source, sent, bars.stopped)
    except MediaworksError as error:
        return {"name": source.name, "error": failure(error)}
    except OSError as error:
        return {"name": source.name, "error": failure(Unreadable(error.strerror or str(error)))}
