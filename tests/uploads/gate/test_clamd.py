from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.errors import NotFound, Unavailable
from mediaworks.testing.clamd import EICAR, ClamdStandIn
from mediaworks.uploads.gate import ALLOW, Candidate, Decision, GateConfig, Verdict
from mediaworks.uploads.gate.clamd import Clamd, windows

FOUND = Verdict(Decision.QUARANTINE, "found Eicar-Signature", "clamd")
WINDOW = 1 << 16


def candidate_of(content: bytes, piece: int = 4096) -> Candidate:
    async def read(start: int, length: int | None) -> AsyncIterator[bytes]:
        end = len(content) if length is None else start + length
        for at in range(start, end, piece):
            yield content[at : min(at + piece, end)]

    return Candidate(
        upload_id=uuid4(),
        user_id=uuid4(),
        name="a.png",
        mime_type="image/png",
        size_bytes=len(content),
        sha256="0" * 64,
        read=read,
    )


def judge(clamd: ClamdStandIn, candidate: Candidate, **settings: Any) -> Verdict:
    async def steps() -> Verdict:
        async with clamd:
            return await Clamd(GateConfig(clamd=clamd.address, **settings)).judge(candidate)

    return asyncio.run(steps())


@pytest.mark.parametrize("piece", [1, 7, 4096])
@pytest.mark.parametrize("socket_kind", ["tcp", "unix"])
def test_a_virus_goes_into_quarantine_and_what_is_clean_passes(tmp_path: Path, socket_kind: str, piece: int) -> None:
    path = str(tmp_path / "clamd.ctl") if socket_kind == "unix" else ""
    for content, verdict in ((b"harmless", ALLOW), (b"x" * 5000 + EICAR + b"y", FOUND)):
        assert judge(ClamdStandIn(path=path, piece=piece), candidate_of(content, piece)) == verdict


@pytest.mark.parametrize("at", [0, WINDOW - len(EICAR), WINDOW - 30, WINDOW - 1, WINDOW, 5 * WINDOW - 17, 10 * WINDOW])
def test_a_virus_anywhere_in_a_file_larger_than_clamd_takes_is_found(at: int) -> None:
    content = bytearray(os.urandom(10 * WINDOW + len(EICAR)))
    content[at : at + len(EICAR)] = EICAR
    clamd = ClamdStandIn(stream_max_length=WINDOW)
    assert judge(clamd, candidate_of(bytes(content)), clamd_window=WINDOW, clamd_overlap=4096) == FOUND


def test_every_byte_of_a_large_file_is_scanned() -> None:
    clamd = ClamdStandIn(stream_max_length=WINDOW)
    assert judge(clamd, candidate_of(bytes(3 * WINDOW)), clamd_window=WINDOW, clamd_overlap=1024) == ALLOW
    assert clamd.scanned == [WINDOW, WINDOW, WINDOW, 3 * 1024]


@given(size=st.integers(0, 500), width=st.integers(2, 100), data=st.data())
def test_windows_cover_a_file_and_hold_whatever_is_as_long_as_their_overlap(
    size: int, width: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, width // 2))
    pieces = list(windows(size, width, overlap))
    assert all(length <= width for _, length in pieces)
    for start in range(max(0, size - overlap)):
        assert any(at <= start and start + overlap + 1 <= at + length for at, length in pieces)
    assert pieces[-1][0] + pieces[-1][1] == size


def test_a_window_larger_than_clamd_takes_is_said_so_and_nothing_passes() -> None:
    for size in (WINDOW + 1, 40 * WINDOW):
        with pytest.raises(Unavailable) as away:
            judge(ClamdStandIn(stream_max_length=WINDOW), candidate_of(bytes(size), piece=1 << 20))
        assert "MEDIAWORKS_GATE_CLAMD_WINDOW" in str(away.value.__cause__)


FAULTS: dict[str, Callable[[], ClamdStandIn]] = {
    "an error": lambda: ClamdStandIn(replies=[b"stream: Can't allocate memory ERROR"]),
    "nonsense": lambda: ClamdStandIn(replies=[b"stream: OK FOUND OK"]),
    "hanging up": lambda: ClamdStandIn(replies=[b""]),
    "silence": lambda: ClamdStandIn(silent=True),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("silence", ["refuse", "allow"])
def test_without_an_answer_of_clamd_the_setting_decides(fault: str, silence: str) -> None:
    settings = {"clamd_silence": silence, "clamd_seconds": 0.3}
    clamd = FAULTS[fault]()
    if silence == "allow":
        assert judge(clamd, candidate_of(EICAR), **settings) == ALLOW
    else:
        with pytest.raises(Unavailable, match="could not be scanned"):
            judge(clamd, candidate_of(EICAR), **settings)


@pytest.mark.parametrize("silence", ["refuse", "allow"])
def test_without_clamd_the_setting_decides(tmp_path: Path, silence: str) -> None:
    check = Clamd(GateConfig(clamd=f"unix:{tmp_path}/none", clamd_silence=silence))
    if silence == "allow":
        assert asyncio.run(check.judge(candidate_of(EICAR))) == ALLOW
    else:
        with pytest.raises(Unavailable, match="could not be scanned"):
            asyncio.run(check.judge(candidate_of(EICAR)))


def test_the_deadline_is_of_the_whole_file() -> None:
    """Each window is quick enough by itself."""

    async def slow(start: int, length: int | None) -> AsyncIterator[bytes]:
        await asyncio.sleep(0.1)
        yield b"x" * (length or 0)

    candidate = candidate_of(bytes(20 * WINDOW))
    object.__setattr__(candidate, "read", slow)
    with pytest.raises(Unavailable) as away:
        judge(ClamdStandIn(), candidate, clamd_window=WINDOW, clamd_overlap=0, clamd_seconds=0.5)
    assert "longer than 0.5 s" in str(away.value.__cause__)


@pytest.mark.parametrize("silence", ["refuse", "allow"])
def test_a_file_that_cannot_be_read_is_not_taken_for_clamds_silence(silence: str) -> None:
    async def gone(start: int, length: int | None) -> AsyncIterator[bytes]:
        yield b"x"
        raise NotFound("the blob is gone")

    candidate = candidate_of(EICAR)
    object.__setattr__(candidate, "read", gone)
    with pytest.raises(NotFound):
        judge(ClamdStandIn(), candidate, clamd_silence=silence)


# What ClamAV 1.4.6 answered to the same bytes.
TRANSCRIPT = [
    (b"zPING\0", b"PONG\0"),
    (b"nPING\n", b"PONG\n"),
    (b"PING", b"PONG\n"),
    (b"zVERSION\0", b"ClamAV 1.4.6\0"),
    (b"zINSTREAM\0" + struct.pack("!I", 3) + b"abc" + bytes(4), b"stream: OK\0"),
    (b"nINSTREAM\n" + struct.pack("!I", 3) + b"abc" + bytes(4), b"stream: OK\n"),
    (b"zINSTREAM\0" + bytes(4), b"stream: OK\0"),
    (b"zINSTREAM\0" + struct.pack("!I", 68) + EICAR + bytes(4), b"stream: Eicar-Signature FOUND\0"),
    (b"zINSTREAM\0" + struct.pack("!I", 101) + bytes(101), b"INSTREAM size limit exceeded. ERROR\0"),
    (b"zNOPE\0", b"UNKNOWN COMMAND\0"),
    (b"INSTREAM\n", b"UNKNOWN COMMAND\n"),
]


@pytest.mark.parametrize(("said", "answered"), TRANSCRIPT)
def test_the_stand_in_answers_as_clamd_does(said: bytes, answered: bytes) -> None:
    def talk(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(said)
            return b"".join(iter(lambda: line.recv(100), b""))

    async def steps() -> bytes:
        async with ClamdStandIn(stream_max_length=100) as clamd:
            return await asyncio.to_thread(talk, clamd.port)

    assert asyncio.run(steps()) == answered
