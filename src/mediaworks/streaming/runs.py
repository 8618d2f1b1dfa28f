"""Runs of the encoder: started where somebody watches, shared by all who watch there, ended when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from pathlib import Path

import structlog

from mediaworks.errors import MediaworksError, NotFound, Unavailable
from mediaworks.processing import AnyRendition, Limits, VideoRendition, encoding
from mediaworks.storage import BlobStore
from mediaworks.streaming import claims
from mediaworks.streaming.cache import INIT, SegmentCache, segment_name, still_name
from mediaworks.streaming.claims import Claim
from mediaworks.streaming.config import StreamingConfig
from mediaworks.streaming.model import Playable
from mediaworks.streaming.run import Run
from mediaworks.streaming.slots import Slots

log = structlog.get_logger(__name__)

FOLLOW_SECONDS = 0.05
AGAIN_AFTER_SECONDS = 0.5
Used = Callable[[Playable, float], Awaitable[None]]


class Runs:
    """`used` hears how many seconds of a recording were encoded."""

    def __init__(
        self, store: BlobStore, cache: SegmentCache, ffmpeg: Callable[[], Path], config: StreamingConfig, used: Used
    ) -> None:
        self._store = store
        self._cache = cache
        self._ffmpeg = ffmpeg
        self._config = config
        self._used = used
        self._slots = Slots(cache.folder, config.encoders)
        self._runs: dict[str, list[Run]] = {}
        self._short: dict[tuple[str, str], asyncio.Task[Path]] = {}

    async def segment(self, playable: Playable, rendition: AnyRendition, number: int) -> Path:
        """The file of a segment, made now if need be. Raises NotFound behind the end, Unprocessable, Unavailable."""
        if not 0 <= number < rendition.grid.segments:
            raise NotFound("The recording has no such segment", code="segment_not_found")
        key, name = playable.key(rendition), segment_name(number)
        if (path := await self._found(key, name)) is not None:
            return path
        run = self._reaching(key, number) or self._start(Run(playable, rendition, number))
        await run.want(number)
        if (path := await self._found(key, name)) is None:
            raise Unavailable("The segment is gone already: try again", retry_after=1)
        return path

    async def init(self, playable: Playable, rendition: AnyRendition) -> Path:
        """The file that goes before every segment; of a picture's rendition one frame tells it."""
        if isinstance(rendition, VideoRendition):
            return await self._alone(playable, rendition, rendition.still(0), INIT)
        return await self._alone(playable, rendition, rendition, INIT)

    async def still(self, playable: Playable, rendition: VideoRendition, number: int) -> Path:
        """The picture that a segment begins with, as a segment of its own: for those who wind. Raises as `segment` does."""
        if not 0 <= number < rendition.grid.segments:
            raise NotFound("The recording has no such segment", code="segment_not_found")
        return await self._alone(playable, rendition, rendition.still(number), still_name(number), number)

    async def close(self) -> None:
        """End every run."""
        runs = [run.task for runs in self._runs.values() for run in runs if run.task is not None]
        tasks = [*runs, *self._short.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _found(self, key: str, name: str) -> Path | None:
        return await asyncio.to_thread(self._cache.found, key, name)

    def _reaching(self, key: str, number: int) -> Run | None:
        return next((run for run in self._runs.get(key, ()) if run.reaches(number, self._config.ahead)), None)

    def _start(self, run: Run) -> Run:
        self._runs.setdefault(run.key, []).append(run)
        run.task = asyncio.create_task(self._work(run))
        return run

    async def _work(self, run: Run) -> None:
        failure: MediaworksError | None = None
        try:
            await self._go(run)
        except MediaworksError as error:
            failure = error
        except TimeoutError:
            failure = Unavailable("The encoder took too long: try again", retry_after=5)
        except Exception:
            log.exception("run_failed", rendition=run.key, segment=run.next)
        finally:
            self._runs[run.key].remove(run)
            if not self._runs[run.key]:
                del self._runs[run.key]
            with suppress(asyncio.CancelledError):
                await asyncio.shield(run.end(failure))

    async def _go(self, run: Run) -> None:
        """Until nobody here waits: what others make is waited for, what nobody makes is made."""
        while run.has_wishes:
            begun = run.next
            try:
                await self._go_on(run)
            except (Unavailable, TimeoutError):
                if run.next == begun:
                    await asyncio.sleep(AGAIN_AFTER_SECONDS)
                    await self._go_on(run)

    async def _go_on(self, run: Run) -> None:
        async with self._claimed(run) as claim:
            if claim is None:
                await run.made(run.next)
            elif claim.is_own:
                await self._produce(run, claim)
            else:
                await self._follow(run, claim)

    @asynccontextmanager
    async def _claimed(self, run: Run) -> AsyncGenerator[Claim | None]:
        """Who makes the next segment: this run, another process, or (None) nobody any more, because it is made."""
        taking = asyncio.ensure_future(asyncio.to_thread(self._claim, run))
        try:
            await asyncio.wait([taking])
            yield taking.result()
        finally:
            await asyncio.shield(asyncio.to_thread(_let_go, await taking))

    def _claim(self, run: Run) -> Claim | None:
        folder, number = self._cache.folder / run.key, run.next
        with claims.gate(folder):
            if self._cache.found(run.key, segment_name(number)) is not None:
                return None
            if (other := claims.reaching(folder, number, self._config.ahead)) is not None:
                return other
            later = (made for made in self._cache.made(run.key) if made > number)
            return claims.begin(folder, number, min(later, default=run.rendition.grid.segments) - 1)

    async def _follow(self, run: Run, claim: Claim) -> None:
        while run.has_wishes and claim.is_alive():
            claim.want(run.wanted)
            if claim.next > run.next:
                await run.made(claim.next - 1)
            await asyncio.sleep(FOLLOW_SECONDS)

    async def _produce(self, run: Run, claim: Claim) -> None:
        run.last, first = claim.last, run.next
        try:
            await self._encode(run, claim)
        finally:
            grid = run.rendition.grid
            await self._used(run.playable, float(sum(grid.seconds(number) for number in range(first, run.next))))

    async def _encode(self, run: Run, claim: Claim) -> None:
        async with AsyncExitStack() as encoder, AsyncExitStack() as slot:
            await slot.enter_async_context(self._slots.one())
            end = asyncio.get_running_loop().time() + self._config.run_seconds / 2
            wanted = self._fragments(run.playable, run.rendition, run.next, claim.last + 1 - run.next)
            fragments = await encoder.enter_async_context(aclosing(wanted))
            async for init, number, data in fragments:
                await asyncio.to_thread(self._keep, run.key, number, init, data)
                claim.made(number)
                await run.made(number)
                if asyncio.get_running_loop().time() > end:
                    return
                if run.is_within(claim, self._config.ahead):
                    continue
                await slot.aclose()
                if not await run.comes_closer(claim, self._config.ahead, self._config.idle_seconds):
                    return
                await slot.enter_async_context(self._slots.one())

    def _keep(self, key: str, number: int, init: bytes, data: bytes) -> None:
        if self._cache.found(key, INIT) is None:
            self._cache.put(key, INIT, init)
        self._cache.put(key, segment_name(number), data)

    async def _alone(
        self, playable: Playable, rendition: AnyRendition, made: AnyRendition, name: str, number: int = 0
    ) -> Path:
        """What one short run makes for all who ask for it meanwhile: of `made`, to lie with `rendition`."""
        key = playable.key(rendition)
        if (path := await self._found(key, name)) is not None:
            return path
        task = self._short.get((key, name))
        if task is None:
            making = self._make_alone(playable, made, name, number)
            task = self._short[key, name] = asyncio.create_task(making)
            task.add_done_callback(lambda done: self._forget((key, name), done))
        return await asyncio.shield(task)

    async def _make_alone(self, playable: Playable, made: AnyRendition, name: str, number: int) -> Path:
        async with self._slots.one(), aclosing(self._fragments(playable, made, number, 1)) as fragments:
            async for init, _, data in fragments:
                content = init if name == INIT else data
                return await asyncio.to_thread(self._cache.put, playable.key(made), name, content)
        raise Unavailable("The recording is not there yet: try again", retry_after=1)

    def _forget(self, what: tuple[str, str], task: asyncio.Task[Path]) -> None:
        del self._short[what]
        if not task.cancelled():
            task.exception()

    async def _fragments(
        self, playable: Playable, rendition: AnyRendition, first: int, count: int
    ) -> AsyncGenerator[tuple[bytes, int, bytes]]:
        limits = Limits(seconds=self._config.run_seconds)
        async with (
            self._store.as_file(playable.storage_key) as descriptor,
            encoding(
                self._ffmpeg(), rendition, descriptor=descriptor, mime=playable.mime_type, first=first, count=count,
                limits=limits,
            ) as run,
            aclosing(run.fragments()) as fragments,
        ):  # fmt: skip
            async for fragment in fragments:
                yield fragment.init, fragment.number, fragment.data


def _let_go(claim: Claim | None) -> None:
    if claim is not None:
        claim.release()
