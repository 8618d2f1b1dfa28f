from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediaworks.cli import pieces
from mediaworks.cli.download import Damaged
from mediaworks.cli.pieces import PipedPiece, Seen, pieces_of
from mediaworks.cli.sources import CHUNK_BYTES, Changed, Source

CONTENT = bytes(range(256)) * 5000


def source_of(folder: Path, content: bytes) -> Source:
    path = folder / "a.bin"
    path.write_bytes(content)
    return Source(path, "a.bin", len(content), path.stat().st_mtime_ns)


@given(size=st.integers(0, 1000), count=st.integers(1, 16))
def test_pieces_make_up_the_file(tmp_path_factory: pytest.TempPathFactory, size: int, count: int) -> None:
    source = source_of(tmp_path_factory.mktemp("pieces"), CONTENT[:size])
    made = pieces_of(source, count, Seen())
    assert b"".join(chunk for piece in made for chunk in piece.chunks(0)) == CONTENT[:size]
    assert sum(piece.size or 0 for piece in made) == size


def test_a_piece_begins_again_anywhere(tmp_path: Path) -> None:
    first, second = pieces_of(source_of(tmp_path, CONTENT), 2, Seen())
    middle = len(CONTENT) // 2
    assert b"".join(first.chunks(77)) == CONTENT[77:middle]
    assert b"".join(second.chunks(77)) == CONTENT[middle + 77 :]


def test_a_large_file_goes_out_in_small_pieces(tmp_path: Path) -> None:
    (piece,) = pieces_of(source_of(tmp_path, bytes(3 * CHUNK_BYTES)), 1, Seen())
    assert max(map(len, piece.chunks(0))) == CHUNK_BYTES


@pytest.mark.parametrize("size", [9, 11])
def test_a_file_that_changed_its_size_is_not_sent_to_its_end(tmp_path: Path, size: int) -> None:
    source = source_of(tmp_path, bytes(10))
    (tmp_path / "a.bin").write_bytes(bytes(size))
    sent: list[bytes] = []
    with pytest.raises(Changed):
        sent.extend(pieces_of(source, 1, Seen())[0].chunks(0))
    assert sum(map(len, sent)) < 10


def test_a_file_that_was_written_to_is_not_sent_to_its_end(tmp_path: Path) -> None:
    source = source_of(tmp_path, bytes(10))
    older = Source(source.path, source.name, source.size, 1)
    with pytest.raises(Changed):
        next(pieces_of(older, 1, Seen())[0].chunks(0))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [0, 0, 1, 2], [1]])
def test_the_hash_is_that_of_the_file_however_it_passed_by(tmp_path: Path, order: list[int]) -> None:
    seen = Seen()
    source = source_of(tmp_path, CONTENT)
    made = pieces_of(source, 3, seen)
    for number in order:
        list(made[number].chunks(0))
    seen.require_same(source.path, {"id": "x", "sha256": hashlib.sha256(CONTENT).hexdigest()})


def test_another_hash_is_told(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        Seen().require_same(source_of(tmp_path, CONTENT).path, {"id": "x", "sha256": "00"})


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> PipedPiece:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(CONTENT)))
    monkeypatch.setattr(pieces, "KEPT_BYTES", 600_000)
    return PipedPiece(Source(None, "stdin", None), Seen())


def test_a_pipe_gives_no_more_than_it_can_give_again(pipe: PipedPiece) -> None:
    first = b"".join(pipe.chunks(0))
    assert len(first) < len(CONTENT)
    assert pipe.size is None
    assert b"".join(pipe.chunks(0)) == first == CONTENT[: len(first)]


def test_a_pipe_goes_on_after_what_is_safe(pipe: PipedPiece) -> None:
    whole, safe = b"", 0
    while pipe.size is None:
        sent = b"".join(pipe.chunks(safe))
        safe += max(len(sent) - 1000, 0)
        whole += sent[: max(len(sent) - 1000, 0)]
        pipe.safe(safe)
    assert whole + b"".join(pipe.chunks(safe)) == CONTENT
    assert pipe.size == len(CONTENT)
