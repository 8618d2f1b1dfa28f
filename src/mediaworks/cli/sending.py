"""Several files on their way to the service at once, each with its own request and its own outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

import httpx
from rich.progress import Progress, TaskID

from mediaworks.cli.client import answer_of, failure, unreachable
from mediaworks.cli.multipart import multipart_body
from mediaworks.cli.progress import transfer_progress
from mediaworks.cli.sources import Source
from mediaworks.errors import ClientGone, MediaworksError

Result = dict[str, Any]


class Unreadable(MediaworksError):
    code, title = "unreadable", "The file cannot be read"


class Bars:
    """A bar for each file under way, and one for all of them when there are several. `stop` ends every sending."""

    def __init__(self, progress: Progress, sources: Sequence[Source]) -> None:
        self._progress = progress
        self._stopped = threading.Event()
        self._whole = self._add("all", [source.size for source in sources]) if len(sources) > 1 else None

    def stop(self) -> None:
        self._stopped.set()

    @contextmanager
    def of(self, source: Source) -> Iterator[Callable[[int], None]]:
        """What to call with the size of each piece sent; it raises ClientGone after `stop`."""
        bar = self._add(source.name, [source.size])
        try:
            yield lambda count: self._advance(bar, count)
        finally:
            self._progress.remove_task(bar)

    def _add(self, name: str, sizes: list[int | None]) -> TaskID:
        known = [size for size in sizes if size is not None]
        return self._progress.add_task(name, total=sum(known) if len(known) == len(sizes) else None)

    def _advance(self, bar: TaskID, count: int) -> None:
        if self._stopped.is_set():
            raise ClientGone
        self._progress.advance(bar, count)
        if self._whole is not None:
            self._progress.advance(self._whole, count)


def send_all(
    client: httpx.Client, sources: Sequence[Source], fields: Mapping[str, str], parallel: int
) -> Generator[tuple[int, Result]]:
    """Yield each source's place and what became of it, as it comes: a media object or `{name, error}`.

    Leaving early stops what is under way and begins nothing more.
    """
    with transfer_progress() as progress, ThreadPoolExecutor(parallel) as threads:
        bars = Bars(progress, sources)
        places = {threads.submit(_send, client, source, fields, bars): place for place, source in enumerate(sources)}
        try:
            for done in as_completed(places):
                yield places[done], done.result()
        finally:
            bars.stop()
            threads.shutdown(wait=False, cancel_futures=True)


def _send(client: httpx.Client, source: Source, fields: Mapping[str, str], bars: Bars) -> Result:
    try:
        with bars.of(source) as sent:
            body = multipart_body(source, fields, sent)
            answer: Result = answer_of(client.post("/api/v1/media/upload", content=body.stream, headers=body.headers))
    except MediaworksError as error:
        return {"name": source.name, "error": failure(error)}
    except httpx.TransportError as error:
        return {"name": source.name, "error": failure(unreachable(client, error))}
    except OSError as error:
        return {"name": source.name, "error": failure(Unreadable(error.strerror or str(error)))}
    return answer
