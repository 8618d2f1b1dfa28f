"""What happens in a decoder stays there."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from mediaworks.errors import Unavailable, Unprocessable
from mediaworks.processing import ProcessingConfig, Sandbox, Task
from mediaworks.testing.service import wait_until
from mediaworks.testing.waiting import until

HOSTILE = "mediaworks.testing.hostile"


def in_sandbox(steps: Callable[[Sandbox], Awaitable[Any]], **settings: Any) -> Any:
    async def whole() -> Any:
        pool = Sandbox(ProcessingConfig(**{"decoders": 1, "deadline_seconds": 10, **settings}), HOSTILE)
        await pool.start()
        try:
            return await steps(pool)
        finally:
            await pool.close()

    return asyncio.run(whole())


def task(name: str, gives: Any = str) -> Task[Any, Any]:
    return Task(name, object, gives)


async def call(pool: Sandbox, name: str, argument: Any = None, gives: Any = str, **options: Any) -> Any:
    with open("/dev/null", "rb") as file:
        return await pool.run(task(name, gives), file.fileno(), argument, **options)


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_every_wall_stands_on_this_machine() -> None:
    async def steps(pool: Sandbox) -> dict[str, bool]:
        return pool.walls()

    walls = in_sandbox(steps)
    assert walls
    missing = [name for name, stands in walls.items() if not stands]
    if missing:
        pytest.skip(f"this kernel refuses {', '.join(missing)}")


def test_no_file_can_be_read_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("canary")
    for path in (tmp_path / "secret", Path("/etc/passwd"), Path("/proc/self/environ")):
        assert in_sandbox(partial(call, name="read_file", argument=str(path))).startswith("refused")


def test_nothing_can_be_written(tmp_path: Path) -> None:
    assert in_sandbox(lambda pool: call(pool, "write_file", str(tmp_path / "new"))).startswith("refused")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("attempt", ["write_in", "reopen"])
def test_the_file_that_is_read_cannot_be_changed(tmp_path: Path, attempt: str) -> None:
    (tmp_path / "original").write_bytes(b"content")

    async def steps(pool: Sandbox) -> Any:
        with (tmp_path / "original").open("rb") as file:
            return await pool.run(task(attempt), file.fileno(), None)

    assert in_sandbox(steps).startswith("refused")
    assert (tmp_path / "original").read_bytes() == b"content"


async def write_beside(pool: Sandbox, path: Path, size: int) -> int:
    with path.open("rb") as source, path.with_suffix(".out").open("wb") as out:
        written: int = await pool.run(task("write_out", int), source.fileno(), size, beside=[out.fileno()])
        return written


def test_what_is_made_is_written_into_the_file_that_came_for_it_and_no_further_than_its_limit(tmp_path: Path) -> None:
    (tmp_path / "original").touch()

    async def steps(pool: Sandbox) -> tuple[Any, Unprocessable, int]:
        with pytest.raises(Unprocessable) as refusal:
            await write_beside(pool, tmp_path / "original", (1 << 20) + 1)
        stopped = (tmp_path / "original.out").stat().st_size
        return await write_beside(pool, tmp_path / "original", 1 << 20), refusal.value, stopped

    written, refusal, stopped = in_sandbox(steps, output_bytes=1 << 20)
    assert (written, stopped) == (1 << 20, 1 << 20)
    assert (refusal.code, refusal.facts) == ("output_too_large", {"limit": 1 << 20})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original", "original.out"]


def test_no_memory_can_be_had_that_no_limit_counts() -> None:
    assert in_sandbox(partial(call, name="hide_memory")).startswith("refused")


def test_there_is_no_network_not_even_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert in_sandbox(lambda pool: call(pool, "connect", port)).startswith("refused")


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
@pytest.mark.parametrize("kind", ["net", "ipc", "user"])
def test_a_decoder_lives_in_namespaces_of_its_own(kind: str) -> None:
    async def steps(pool: Sandbox) -> str | None:
        if not pool.walls()["namespaces"]:
            return None
        return os.readlink(f"/proc/{await call(pool, 'pid', gives=int)}/ns/{kind}")

    theirs = in_sandbox(steps)
    if theirs is None:
        pytest.skip("this kernel lets nobody make namespaces")
    assert theirs != os.readlink(f"/proc/self/ns/{kind}")


@pytest.mark.parametrize("attempt", ["run_program", "fork"])
def test_no_other_process_can_be_started(attempt: str) -> None:
    assert in_sandbox(lambda pool: call(pool, attempt)).startswith("refused")


def test_no_other_process_can_be_signalled() -> None:
    assert in_sandbox(lambda pool: call(pool, "signal_parent", os.getpid())).startswith("refused")


def test_the_file_that_was_handed_over_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")

    async def steps(pool: Sandbox) -> Any:
        with (tmp_path / "file").open("rb") as file:
            return await pool.run(task("read_input", bytes), file.fileno(), None)

    assert in_sandbox(steps) == b"content"


@pytest.mark.parametrize(
    ("name", "code"),
    [("crash", "decoder_crashed"), ("hang", "decoder_timeout"), ("eat_memory", "decoder_out_of_memory")],
)
def test_what_breaks_a_decoder_fails_one_task_only(name: str, code: str) -> None:
    async def steps(pool: Sandbox) -> tuple[str, Any]:
        with pytest.raises(Unprocessable) as failure:
            await call(pool, name, gives=int, deadline=1.0 if name == "hang" else 20.0)
        return failure.value.code, await call(pool, "pid", gives=int)

    found, pid = in_sandbox(steps, memory=512 << 20)
    assert found == code
    assert pid > 0


def test_a_cancelled_task_ends_its_decoder_within_a_second() -> None:
    async def steps(pool: Sandbox) -> float:
        pid = await call(pool, "pid", gives=int)
        running = asyncio.create_task(call(pool, "hang"))
        await until(pool._idle.empty)
        began = time.monotonic()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert not Path(f"/proc/{pid}").exists()
        assert await call(pool, "pid", gives=int) != pid
        return time.monotonic() - began

    assert in_sandbox(steps) < 3


def test_a_decoder_is_replaced_after_its_share_of_tasks() -> None:
    async def steps(pool: Sandbox) -> list[int]:
        return [await call(pool, "pid", gives=int) for _ in range(7)]

    pids = in_sandbox(steps, tasks_per_decoder=3)
    assert len(set(pids)) == 3


def test_a_decoder_that_holds_too_much_memory_is_replaced() -> None:
    """It is what a leak, or a heap in pieces, looks like from outside."""

    async def steps(pool: Sandbox) -> list[int]:
        return [await call(pool, "keep_memory", 100 << 20, int) for _ in range(12)]

    pids = in_sandbox(steps)
    lives = [len(list(group)) for _, group in groupby(pids)]
    assert max(lives) <= 6
    assert len(lives) >= 2


def test_a_decoder_does_not_count_as_fat_because_its_parent_was() -> None:
    """The kernel hands the highest memory of a process on to what it starts."""
    fat = bytearray(os.urandom(1 << 20) * 600)

    async def steps(pool: Sandbox) -> list[int]:
        return [await call(pool, "pid", gives=int) for _ in range(4)]

    assert len(set(in_sandbox(steps))) == 1
    assert len(fat) > 512 << 20


def test_too_many_waiting_tasks_are_told_to_come_back() -> None:
    async def steps(pool: Sandbox) -> Unavailable:
        waiting = [asyncio.create_task(call(pool, "hang", deadline=1.0)) for _ in range(3)]
        await asyncio.sleep(0.1)
        with pytest.raises(Unavailable) as refusal:
            await call(pool, "pid", gives=int)
        for one in waiting:
            one.cancel()
        await asyncio.wait(waiting)
        return refusal.value

    refusal = in_sandbox(steps, queue_limit=2)
    assert (refusal.code, refusal.facts["retry_after"]) == ("decoder_busy", 2)


def test_a_task_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Unprocessable):
        in_sandbox(lambda pool: call(pool, "format_disk"))


def test_an_answer_of_the_wrong_shape_is_a_crash() -> None:
    with pytest.raises(Unprocessable) as failure:
        in_sandbox(lambda pool: call(pool, "pid", gives=list[str]))
    assert failure.value.code == "decoder_crashed"


def test_an_answer_over_the_limit_is_a_crash() -> None:
    with pytest.raises(Unprocessable) as failure:
        in_sandbox(lambda pool: call(pool, "flood", 80 << 20, bytes))
    assert failure.value.code == "decoder_crashed"


def test_closing_leaves_no_process() -> None:
    async def steps(pool: Sandbox) -> int:
        return int(await call(pool, "pid", gives=int))

    assert not Path(f"/proc/{in_sandbox(steps)}").exists()


@pytest.mark.parametrize("busy", [False, True])
def test_when_the_owner_is_killed_the_decoder_dies_too(busy: bool) -> None:
    """Idle ones see the closed connection, busy ones are killed by the kernel."""
    program = f"""
import asyncio
from mediaworks.processing import ProcessingConfig, Sandbox, Task
async def main():
    pool = Sandbox(ProcessingConfig(decoders=1), "{HOSTILE}")
    await pool.start()
    with open("/dev/null", "rb") as file:
        print(await pool.run(Task("pid", object, int), file.fileno(), None), flush=True)
        await (pool.run(Task("hang", object, str), file.fileno(), None) if {busy} else asyncio.sleep(60))
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        decoder = int(owner.stdout.readline())
        if busy:
            wait_until(lambda: "unix" not in Path(f"/proc/{decoder}/wchan").read_text())
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    wait_until(lambda: not Path(f"/proc/{decoder}").exists())
