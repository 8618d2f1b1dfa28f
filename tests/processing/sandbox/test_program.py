"""A program that is not ours gets what is handed to it, and is told apart by how it ended."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mediaworks.errors import Unprocessable
from mediaworks.processing import ffmpeg
from mediaworks.processing.sandbox.program import Limits, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
PYTHON = Path(sys.executable).resolve()
LIBRARY = (Path(sys.base_prefix),)


def ran(code: str, *arguments: object, limits: Limits | None = None, **handed: Sequence[int] | Path) -> bytes:
    """What `code` prints between walls. Raises what its failure is told as."""

    async def steps() -> bytes:
        command = ["-I", "-S", "-c", code, *map(str, arguments)]
        bounds = limits or Limits(seconds=20)
        descriptors: Any = handed
        async with running(PYTHON, command, readable=LIBRARY, limits=bounds, **descriptors) as program:
            told = await program.output.read()
            await program.ended()
            return told

    return asyncio.run(steps())


def test_a_file_that_is_handed_in_for_writing_can_be_opened_again_and_written() -> None:
    code = "import sys; open(f'/proc/self/fd/{sys.argv[1]}', 'wb').write(b'made')"
    with tempfile.TemporaryFile() as file:
        ran(code, file.fileno(), writable=[file.fileno()])
        assert file.read() == b"made"


def test_a_file_that_is_handed_in_for_reading_cannot_be_written() -> None:
    code = "import sys; open(f'/proc/self/fd/{sys.argv[1]}', 'wb').write(b'made')"
    with tempfile.TemporaryFile() as file:
        with pytest.raises(Unprocessable):
            ran(code, file.fileno(), files=[file.fileno()])
        assert file.read() == b""


def test_its_complaints_tell_neither_addresses_nor_descriptors() -> None:
    code = "import sys; sys.exit('[mov @ 0x55d0c1] /proc/self/fd/7: broken')"
    with pytest.raises(Unprocessable, match=r": broken$"):
        ran(code)


def test_it_stands_back_as_far_as_it_is_told() -> None:
    told = ran("import os; print(os.getpriority(os.PRIO_PROCESS, 0))", limits=Limits(seconds=20, nice=3))
    assert int(told) == os.getpriority(os.PRIO_PROCESS, 0) + 3


def test_who_writes_more_than_allowed_is_told_so() -> None:
    async def steps(descriptor: int) -> None:
        into = ["-f", "rawvideo", f"/proc/self/fd/{descriptor}"]
        noise = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=64x64", "-frames:v", "2", *into]
        limits = Limits(output=1000, seconds=20)
        async with running(ffmpeg("").path, noise, writable=[descriptor], limits=limits) as program:
            await program.ended()

    with tempfile.TemporaryFile() as file:
        with pytest.raises(Unprocessable) as refusal:
            asyncio.run(steps(file.fileno()))
        assert (refusal.value.code, refusal.value.facts) == ("output_too_large", {"limit": 1000})


def test_in_a_folder_of_its_own_files_come_and_go_and_beside_it_none(tmp_path: Path) -> None:
    own, beside = tmp_path / "own", tmp_path / "beside"
    own.mkdir()
    beside.mkdir()
    code = (
        "import os, sys\nopen('a.temp', 'w').write('noted')\nos.rename('a.temp', 'a')\nprint(open('a').read())\n"
        "open('b', 'w').close()\nos.remove('b')\nopen(sys.argv[1], 'w')"
    )
    with pytest.raises(Unprocessable, match="PermissionError"):
        ran(code, beside / "c", own=own)
    assert [file.name for file in own.iterdir()] == ["a"]
    assert list(beside.iterdir()) == []
