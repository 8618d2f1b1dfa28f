from __future__ import annotations

import asyncio
import multiprocessing
import os
from pathlib import Path

import pytest
from tests.processing.conftest import children
from tests.streaming.cinema import Cinema

from mediaworks.errors import NotFound, Unprocessable
from mediaworks.streaming import claims
from mediaworks.streaming.slots import Urgency
from mediaworks.testing.waiting import until


@pytest.fixture
def cinema(tmp_path: Path) -> Cinema:
    return Cinema(tmp_path)


def test_ten_viewers_of_a_cold_segment_cost_one_encode(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process()
        paths = await asyncio.gather(*(runs.segment(cinema.playable, cinema.video, 3) for _ in range(10)))
        assert len(set(paths)) == 1
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 1


def test_processes_that_share_a_cache_do_not_make_the_same_twice(cinema: Cinema) -> None:
    async def watch() -> None:
        one, other = cinema.process(), cinema.process()
        await asyncio.gather(*(runs.segment(cinema.playable, cinema.video, 0) for runs in (one, other)))
        for number in range(1, 9):
            await other.segment(cinema.playable, cinema.video, number)
        await one.close()
        await other.close()

    asyncio.run(watch())
    assert cinema.started == 1
    assert cinema.made >= set(range(9))


def test_what_a_killed_process_has_begun_another_makes(cinema: Cinema) -> None:
    folder = cinema.cache.folder / cinema.playable.key(cinema.video)
    worker = multiprocessing.get_context("spawn").Process(target=_claim_and_die, args=(folder,))
    worker.start()
    worker.join(30)
    assert list(folder.glob(f"{claims.RUN}*"))

    async def watch() -> None:
        runs = cinema.process()
        await runs.segment(cinema.playable, cinema.video, 1)
        await runs.close()

    asyncio.run(watch())
    assert not list(folder.glob(f"{claims.RUN}*"))


def test_a_run_goes_on_with_its_viewers(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process()
        await runs.segment(cinema.playable, cinema.video, 0)
        for number in range(1, 12):
            await runs.segment(cinema.playable, cinema.video, number)
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 1


def test_who_jumps_far_away_gets_a_run_of_its_own(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process()
        await runs.segment(cinema.playable, cinema.video, 0)
        await runs.segment(cinema.playable, cinema.video, 9)
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 2
    assert cinema.made <= {0, 1, 2, 9, 10, 11}  # two ahead of who watches, and no more


def test_a_run_that_nobody_watches_ends_and_leaves_its_slot_before(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process(encoders=1, idle_seconds=0.3)
        await runs.segment(cinema.playable, cinema.video, 0)
        await runs.segment(cinema.playable, cinema.video, 8)
        await until(lambda: not _encoders())
        await runs.close()

    asyncio.run(watch())
    assert cinema.encoded == len(cinema.made)


def test_an_encoder_that_is_far_enough_ahead_stands_still_until_its_viewers_come_closer(tmp_path: Path) -> None:
    cinema = Cinema(tmp_path, seconds=120)  # more than is encoded before it is stopped

    async def watch() -> None:
        runs = cinema.process()
        await runs.segment(cinema.playable, cinema.video, 0)
        async with asyncio.timeout(10):
            while {_state(pid) for pid in _encoders()} != {"T"}:
                await asyncio.sleep(0.02)
        await runs.segment(cinema.playable, cinema.video, 3)
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 1


def test_what_nobody_waits_for_is_made_when_nobody_waits_for_anything(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process(encoders=2)
        with runs.slots.place(lambda: Urgency.AWAITED) as viewer:
            await viewer.taken()
            early = asyncio.create_task(runs.spare(cinema.playable, cinema.video, 0))
            await runs.segment(cinema.playable, cinema.video, 9)
            assert not early.done()
        await early
        await runs.close()

    asyncio.run(watch())
    assert 0 in cinema.made


def test_what_is_there_already_is_not_made_again(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process(ahead=20)
        await runs.segment(cinema.playable, cinema.video, 6)
        await runs.segment(cinema.playable, cinema.video, 11)
        for number in range(12):
            await runs.segment(cinema.playable, cinema.video, number)
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 2
    assert cinema.encoded == 12


def test_closing_ends_every_encoder_and_leaves_no_half_segment(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process()
        waiting = asyncio.create_task(runs.segment(cinema.playable, cinema.video, 5))
        await until(lambda: cinema.started)
        await runs.close()
        with pytest.raises(Exception, match="try again"):
            await waiting
        assert not _encoders()

    asyncio.run(watch())
    folder = cinema.cache.folder / cinema.playable.key(cinema.video)
    assert not [path for path in folder.iterdir() if path.name.startswith((".run", ".init")) or path.suffix == ".m4s"]


def test_a_beginning_is_made_once_for_all_who_ask(cinema: Cinema) -> None:
    async def watch() -> None:
        runs = cinema.process()
        paths = await asyncio.gather(*(runs.init(cinema.playable, cinema.video) for _ in range(5)))
        assert len(set(paths)) == 1
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 1


def test_a_beginning_is_there_before_the_first_segment_and_whoever_goes_on_there_waits_for_the_same_run(
    cinema: Cinema,
) -> None:
    async def watch() -> None:
        runs = cinema.process()
        await runs.init(cinema.playable, cinema.video)
        await runs.segment(cinema.playable, cinema.video, 0)
        await runs.close()

    asyncio.run(watch())
    assert cinema.started == 1


def test_a_beginning_that_was_lost_is_made_again_of_one_frame_and_is_the_same(cinema: Cinema) -> None:
    async def watch() -> tuple[bytes, bytes]:
        runs = cinema.process()
        path = await runs.init(cinema.playable, cinema.video)
        await runs.segment(cinema.playable, cinema.video, 0)
        await runs.close()
        first = path.read_bytes()
        path.unlink()
        return first, (await cinema.process().init(cinema.playable, cinema.video)).read_bytes()

    first, later = asyncio.run(watch())
    assert first == later
    assert cinema.started == 2


def test_a_recording_that_cannot_be_encoded_is_refused_every_time(cinema: Cinema) -> None:
    Path(cinema.playable.storage_key).write_bytes(b"no recording any more")

    async def watch() -> None:
        runs = cinema.process()
        for _ in range(2):
            with pytest.raises(Unprocessable) as refusal:
                await runs.segment(cinema.playable, cinema.video, 0)
            assert refusal.value.code == "program_failed"
        with pytest.raises(NotFound):
            await runs.segment(cinema.playable, cinema.video, 12)
        await runs.close()

    asyncio.run(watch())


def test_the_quota_takes_what_was_not_played_for_longest(cinema: Cinema) -> None:
    cache = cinema.cache
    paths = [cache.put("a/b", f"{n}.m4s", bytes(100)) for n in range(4)]
    for age, path in enumerate(paths):
        os.utime(path, ns=(age * 10**9, age * 10**9))
    assert cache.found("a/b", "0.m4s") == paths[0]
    assert paths[0].stat().st_mtime == 0
    assert type(cache)(cache.folder, 200).shrink() == 200
    assert cache.made("a/b") == {0, 3}


def _claim_and_die(folder: Path) -> None:
    with claims.gate(folder):
        claims.begin(folder, 0, 11)
    os._exit(9)


def _state(pid: int) -> str:
    """Of a process (proc(5)): T when it was stopped, nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return ""


def _encoders() -> list[int]:
    return [pid for pid in children() if b"ffmpeg" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""
