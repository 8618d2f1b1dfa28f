"""The pool of decoders: warm children, one job each at a time, killed at their deadline and replaced at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from mediaworks.errors import InvalidRecipe, MediaworksError, TooManyPixels, Unavailable, Unprocessable, UnsupportedType
from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.sandbox import wire
from mediaworks.processing.sandbox.decoder import Decoder

P = TypeVar("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Task(Generic[P, R]):
    """The name of a task in the child's table, and what it takes and gives."""

    name: str
    takes: type[P]
    gives: type[R]


class Sandbox:
    """`tasks` is the dotted name of the module whose table `TASKS` the children serve."""

    def __init__(self, config: ProcessingConfig, tasks: str = "mediaworks.processing.tasks") -> None:
        self._config = config
        self._module = tasks
        self._threads = ThreadPoolExecutor(config.decoders, thread_name_prefix="decoder")
        self._idle: asyncio.Queue[Decoder | None] = asyncio.Queue()
        self._all: set[Decoder] = set()
        self._replacing: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._closed = False
        self._greeting = wire.Greeting({}, {})

    async def start(self) -> None:
        """Start the children; they are ready before their first job comes. Raises OSError when one does not start."""
        try:
            for decoder in await asyncio.gather(*(self._spawn() for _ in range(self._config.decoders))):
                self._idle.put_nowait(decoder)
        except BaseException:
            await self.close()
            raise

    def start_when_needed(self) -> None:
        """Instead of `start`: each child starts with the first job that comes to it."""
        for _ in range(self._config.decoders):
            self._idle.put_nowait(None)

    async def close(self) -> None:
        """End every child, also those that are just being started; whoever runs or waits is told Unavailable."""
        self._closed = True
        for _ in range(self._waiting):
            self._idle.put_nowait(None)
        for decoder in list(self._all):
            decoder.strike()
        for replacement in list(self._replacing):
            replacement.cancel()
        await asyncio.get_running_loop().run_in_executor(None, self._end_all)

    def _end_all(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for decoder in list(self._all):
            self._end(decoder)

    def walls(self) -> dict[str, bool]:
        """Each wall around a child, and whether it stands on this machine."""
        return dict(self._greeting.walls)

    def libraries(self) -> dict[str, str]:
        """The decoders that a child has loaded, their versions, and what they can write."""
        return dict(self._greeting.libraries)

    async def run(
        self,
        task: Task[P, R],
        descriptor: int,
        parameters: P,
        *,
        beside: Sequence[int] = (),
        deadline: float | None = None,
    ) -> R:
        """Run `task` on the file behind `descriptor`, and those `beside` it, within `deadline` seconds (the settings'
        without one).

        Raises what the task refuses with; Unprocessable with the code `decoder_timeout`, `decoder_crashed` or
        `decoder_out_of_memory`; Unavailable when too many wait or the pool closes. Cancelling kills the child at once.
        """
        seconds = deadline or self._config.deadline_seconds
        job = wire.Job(task.name, msgspec.Raw(wire.encode(parameters)))
        async with self._decoder() as decoder:
            answer = await self._ask(decoder, job, (descriptor, *beside), seconds)
            decoder.note(answer.resident)
        if answer.refusal is not None:
            raise _refusal(answer)
        try:
            return msgspec.msgpack.decode(answer.result, type=task.gives)
        except msgspec.MsgspecError as nonsense:
            raise Unprocessable("The decoder gave a senseless answer", code="decoder_crashed") from nonsense

    async def _ask(self, decoder: Decoder, job: wire.Job, descriptors: Sequence[int], seconds: float) -> wire.Answer:
        asked = asyncio.get_running_loop().run_in_executor(self._threads, decoder.ask, job, descriptors, seconds)
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            decoder.strike()
            await asyncio.wait([asked])
            if not asked.cancelled():
                asked.exception()
            self._refuse_if_ended(asked)
            raise
        except TimeoutError as late:
            raise Unprocessable(f"The file took longer than {seconds:.0f} s to read", code="decoder_timeout") from late
        except (EOFError, OSError, ValueError, msgspec.MsgspecError) as crash:
            self._refuse_if_closed()
            raise Unprocessable("The decoder crashed on this file", code="decoder_crashed") from crash

    @asynccontextmanager
    async def _decoder(self) -> AsyncIterator[Decoder]:
        decoder = await self._next()
        try:
            if decoder is None or not decoder.is_alive():
                decoder = await self._needed(instead_of=decoder)
            yield decoder
        finally:
            self._return(decoder)

    async def _needed(self, instead_of: Decoder | None) -> Decoder:
        try:
            return await self._spawn(instead_of=instead_of)
        except OSError as failure:
            self._refuse_if_closed()
            raise Unavailable("No decoder starts: try again soon", code="decoder_missing", retry_after=5) from failure

    async def _next(self) -> Decoder | None:
        """Whose turn it is, or None for a place whose decoder has yet to start."""
        self._refuse_if_closed()
        if self._waiting >= self._config.queue_limit:
            raise Unavailable("Every decoder is busy: try again soon", code="decoder_busy", retry_after=2)
        self._waiting += 1
        try:
            decoder = await self._idle.get()
        finally:
            self._waiting -= 1
        self._refuse_if_closed()
        return decoder

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise Unavailable("The service is stopping: try again soon", code="decoder_closed", retry_after=5)

    def _refuse_if_ended(self, work: asyncio.Future[Any]) -> None:
        """Tell a cancellation that the closing pool caused from one that the caller asked for, which must pass."""
        caller = asyncio.current_task()
        if work.cancelled() and not (caller and caller.cancelling()):
            self._refuse_if_closed()

    def _return(self, decoder: Decoder | None) -> None:
        """Put the decoder back, or begin at once to start the one that takes its place."""
        if self._closed:
            return
        if decoder is not None and not decoder.asked and decoder.is_alive() and decoder.may_go_on():
            self._idle.put_nowait(decoder)
            return
        replacement = asyncio.create_task(self._replace(decoder))
        self._replacing.add(replacement)
        replacement.add_done_callback(self._replacing.discard)

    async def _replace(self, old: Decoder | None) -> None:
        """A place in the queue must not get lost: when no child starts now, the next job tries again."""
        decoder = None
        try:
            with suppress(OSError):
                decoder = await self._spawn(instead_of=old)
        finally:
            self._idle.put_nowait(decoder)

    async def _spawn(self, instead_of: Decoder | None = None) -> Decoder:
        starting = asyncio.get_running_loop().run_in_executor(self._threads, self._started, instead_of)
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(self._unwanted)
            self._refuse_if_ended(starting)
            raise

    def _started(self, instead_of: Decoder | None) -> Decoder:
        """In a thread: end the old one, start the new one. It is counted before anyone can lose sight of it."""
        if instead_of is not None:
            self._end(instead_of)
        decoder = Decoder(self._module, self._config)
        self._all.add(decoder)
        self._greeting = decoder.greeting
        return decoder

    def _unwanted(self, started: asyncio.Future[Decoder]) -> None:
        """Its caller left while it started. The pool's end may be ending it already."""
        if not started.cancelled() and started.exception() is None and not self._closed:
            self._threads.submit(self._end, started.result())

    def _end(self, decoder: Decoder) -> None:
        decoder.kill()
        self._all.discard(decoder)


REFUSALS: dict[str, type[MediaworksError]] = {
    kind.__name__: kind for kind in (TooManyPixels, InvalidRecipe, UnsupportedType)
}


def _refusal(answer: wire.Answer) -> MediaworksError:
    kind = REFUSALS.get(answer.refusal or "", Unprocessable)
    return kind(answer.detail, code=answer.code, **answer.facts)
