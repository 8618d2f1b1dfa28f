"""Runs of the encoder: started where somebody watches, shared by all who watch there, ended when nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from mediaworks.errors import MediaworksError, NotFound, Unavailable
from mediaworks.processing import AnyRendition, Beginning, Encoder, Fragment, Limits, VideoRendition, encoding
from mediaworks.streaming import claims, figures
from mediaworks.streaming.cache import INIT, SegmentCache, segment_name, still_name
from mediaworks.streaming.claims import Claim
from mediaworks.streaming.config import StreamingConfig
from mediaworks.streaming.flights import Flights
from mediaworks.streaming.metering import Meter
from mediaworks.streaming.model import Playable
from mediaworks.streaming.originals import Files
from mediaworks.streaming.pace import paced
from mediaworks.streaming.run import Run
from mediaworks.streaming.shared.shelf import Shelf
from mediaworks.streaming.slots import Slots

log = structlog.get_logger(__name__)

FOLLOW_SECONDS = 0.05
AGAIN_AFTER_SECONDS = 0.5
SHORT_RUNS = 16  # that wait for a slot at the same time


@dataclass(frozen=True, slots=True)
class Standing:
    """How runs stand to others on this machine: `nice`: how far encoders stand back behind other programs; `begin`: makes the
    claims."""

    slots: Slots
    nice: int = 0
    begin: Callable[[Path, int, int], Claim] = claims.begin


class Runs:
    """`meter` lets in what is to be encoded, and hears how much it was. `shelf`: where that is which other machines have;
    `standing`: that of runs for viewers when left out."""

    def __init__(
        self,
        originals: Files,
        cache: SegmentCache,
        ffmpeg: Callable[[], Path],
        config: StreamingConfig,
        meter: Meter,
        shelf: Shelf,
        standing: Standing | None = None,
    ) -> None:
        self._originals = originals
        self._cache = cache
        self._ffmpeg = ffmpeg
        self._config = config
        self._meter = meter
        self._shelf = shelf
        self._standing = standing or Standing(Slots(cache.folder, config.encoders))
        self.slots = self._standing.slots
        self._runs: dict[str, list[Run]] = {}
        self._flights = Flights(cache, SHORT_RUNS)

    async def segment(self, playable: Playable, rendition: AnyRendition, number: int) -> Path:
        """The file of a segment, made now if need be. Raises NotFound behind the end, Unprocessable, Unavailable,
        RateLimited when nothing is left to make it with."""
        return await self._passed(playable, rendition, number, Run.want)

    async def spare(self, playable: Playable, rendition: AnyRendition, number: int) -> Path:
        """As `segment`, but made only while no encoder of this machine is waited for."""
        return await self._passed(playable, rendition, number, Run.hope)

    async def init(self, playable: Playable, rendition: AnyRendition) -> Path:
        """The file that goes before every segment: from a run that is under way, or begins, since whoever asks for it will
        ask for a segment next. Raises as `segment` does."""
        key = playable.key(rendition)
        if (path := await self._found(key, INIT)) is not None:
            return path
        if key not in self._runs and await self._found(key, segment_name(0)) is not None:
            made = rendition.still(0) if isinstance(rendition, VideoRendition) else rendition
            return await self._alone(playable, rendition, made, INIT)
        await self._meter.require(playable, rendition)
        run = next(iter(self._runs.get(key, ())), None) or self._start(Run(playable, rendition, 0))
        await run.want_beginning()
        return await self._still_there(key, INIT)

    async def still(self, playable: Playable, rendition: VideoRendition, number: int) -> Path:
        """The picture that a segment begins with, as a segment of its own: for those who wind. Raises as `segment` does."""
        if not 0 <= number < rendition.grid.segments:
            raise NotFound("The recording has no such segment", code="segment_not_found")
        return await self._alone(playable, rendition, rendition.still(number), still_name(number), number)

    async def close(self) -> None:
        """End every run."""
        runs = [run.task for runs in self._runs.values() for run in runs if run.task is not None]
        for task in runs:
            task.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        await self._flights.close()

    async def _passed(
        self, playable: Playable, rendition: AnyRendition, number: int, wish: Callable[[Run, int], Awaitable[None]]
    ) -> Path:
        if not 0 <= number < rendition.grid.segments:
            raise NotFound("The recording has no such segment", code="segment_not_found")
        key, name = playable.key(rendition), segment_name(number)
        if (path := await self._found(key, name)) is not None:
            return path
        await self._meter.require(playable, rendition)
        await wish(self._reaching(key, number) or self._start(Run(playable, rendition, number)), number)
        return await self._still_there(key, name)

    async def _still_there(self, key: str, name: str) -> Path:
        if (path := await self._found(key, name)) is None:
            raise Unavailable("The segment is gone already: try again", retry_after=1)
        return path

    async def _found(self, key: str, name: str) -> Path | None:
        path = await asyncio.to_thread(self._cache.found, key, name)
        return path or await self._shelf.fetch(key, name)

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
                await self._note_beginning(run)
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
            return self._standing.begin(folder, number, min(later, default=run.rendition.grid.segments) - 1)

    async def _follow(self, run: Run, claim: Claim) -> None:
        while run.has_wishes and claim.is_alive():
            claim.want(run.wanted)
            await self._note_beginning(run)
            if claim.next > run.next:
                await run.made(claim.next - 1)
            await asyncio.sleep(FOLLOW_SECONDS)

    async def _produce(self, run: Run, claim: Claim) -> None:
        run.last, first = claim.last, run.next
        try:
            await self._encode(run, claim)
        finally:
            grid = run.rendition.grid
            seconds = float(sum(grid.seconds(number) for number in range(first, run.next)))
            await self._meter.count(run.playable, run.rendition, seconds=seconds)

    async def _note_beginning(self, run: Run) -> None:
        if await asyncio.to_thread(self._cache.found, run.key, INIT) is not None:
            await run.begun()

    async def _encode(self, run: Run, claim: Claim) -> None:
        ahead, idle_seconds = self._config.ahead, self._config.idle_seconds
        end = asyncio.get_running_loop().time() + self._config.run_seconds / 2
        async with AsyncExitStack() as held:
            place = held.enter_context(self.slots.place(lambda: run.urgency(claim, ahead)))
            await place.taken()
            count = claim.last + 1 - run.next
            encoder = await held.enter_async_context(self._encoder(run.playable, run.rendition, run.next, count))
            await held.enter_async_context(paced(encoder, place, idle_seconds=idle_seconds))
            async for piece in await held.enter_async_context(aclosing(encoder.pieces())):
                await self._keep(run, claim, piece)
                if asyncio.get_running_loop().time() > end:
                    return
                await run.go_on(claim, ahead)

    async def _keep(self, run: Run, claim: Claim, piece: Beginning | Fragment) -> None:
        if isinstance(piece, Beginning):
            if await asyncio.to_thread(self._cache.found, run.key, INIT) is None:
                await self._put(run.playable, run.key, INIT, piece.data)
            await run.begun()
            return
        await self._put(run.playable, run.key, segment_name(piece.number), piece.data)
        figures.segments.labels("encoder").inc()
        claim.made(piece.number)
        await run.made(piece.number)

    async def _put(self, playable: Playable, key: str, name: str, data: bytes) -> Path:
        path = await asyncio.to_thread(self._cache.put, key, name, data)
        self._shelf.offer(playable.media_id, key, name)
        return path

    async def _alone(
        self, playable: Playable, rendition: AnyRendition, made: AnyRendition, name: str, number: int = 0
    ) -> Path:
        """What one short run makes for all who ask for it meanwhile: of `made`, to lie with `rendition`."""
        key = playable.key(rendition)
        if (path := await self._found(key, name)) is not None:
            return path
        path = await self._flights.file(key, name, partial(self._piece, playable, made, name, number))
        self._shelf.offer(playable.media_id, key, name)
        return path

    async def _piece(self, playable: Playable, made: AnyRendition, name: str, number: int) -> bytes:
        wanted = Beginning if name == INIT else Fragment
        async with (
            self.slots.one(),
            self._encoder(playable, made, number, 1) as encoder,
            aclosing(encoder.pieces()) as pieces,
        ):
            async for piece in pieces:
                if isinstance(piece, wanted):
                    return piece.data
        raise Unavailable("The recording is not there yet: try again", retry_after=1)

    @asynccontextmanager
    async def _encoder(
        self, playable: Playable, rendition: AnyRendition, first: int, count: int
    ) -> AsyncGenerator[Encoder]:
        limits = Limits(seconds=self._config.run_seconds, nice=self._standing.nice)
        async with (
            self._originals.as_file(playable) as descriptor,
            encoding(
                self._ffmpeg(), rendition, descriptor=descriptor, mime=playable.mime_type, first=first, count=count,
                limits=limits,
            ) as encoder,
        ):  # fmt: skip
            yield encoder


def _let_go(claim: Claim | None) -> None:
    if claim is not None:
        claim.release()
