from __future__ import annotations

import os
import time
from pathlib import Path

from mediaworks.cli.notes import KEPT_SECONDS, forget_old, note_of


def test_a_note_is_read_again_under_the_same_identity_only(tmp_path: Path) -> None:
    with note_of(tmp_path, "server", 7) as note:
        note.write(["/uploads/1"])
    with note_of(tmp_path, "server", 7) as note:
        assert note.read() == ["/uploads/1"]
    with note_of(tmp_path, "server", 8) as note:
        assert note.read() == []


def test_an_empty_note_leaves_no_file(tmp_path: Path) -> None:
    with note_of(tmp_path, "a") as note:
        note.write(["/uploads/1"])
        note.write([])
    assert list(tmp_path.iterdir()) == []


def test_two_uploads_of_one_file_do_not_share_a_note(tmp_path: Path) -> None:
    with note_of(tmp_path, "a") as first:
        first.write(["/uploads/1"])
        with note_of(tmp_path, "a") as second:
            assert second.read() == []
            second.write(["/uploads/2"])
    with note_of(tmp_path, "a") as later:
        assert later.read() == ["/uploads/1"]


def test_what_is_no_note_is_none(tmp_path: Path) -> None:
    with note_of(tmp_path, "a") as note:
        note.write(["/uploads/1"])
    for nonsense in (b"{", b'{"a": 1}', b"[1]", b"\xff"):
        next(tmp_path.iterdir()).write_bytes(nonsense)
        with note_of(tmp_path, "a") as note:
            assert note.read() == []
            note.write(["/uploads/1"])


def test_a_note_is_for_its_user_only(tmp_path: Path) -> None:
    with note_of(tmp_path / "cache", "a") as note:
        note.write(["/uploads/1"])
    (file,) = (tmp_path / "cache").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_old_notes_are_forgotten(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).touch()
    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(tmp_path / "old", (long_ago, long_ago))
    forget_old(tmp_path)
    forget_old(tmp_path / "nowhere")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
