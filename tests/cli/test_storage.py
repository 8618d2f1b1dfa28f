"""`mediaworks storage copy`, without a service."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediaworks.testing.s3server import S3Server

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.fixture
def blobs(tmp_path: Path) -> Path:
    folder = tmp_path / "blobs"
    for number in range(5):
        path = folder / "originals" / f"{number:02}" / "file"
        path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(300_000 * number))
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("file")}


def test_a_folder_is_copied_to_s3_and_back(
    stray_shell: Shell, blobs: Path, s3_server: S3Server, tmp_path: Path
) -> None:
    url, keys = s3_server.new_url(), dict(s3_server.environment)
    there = stray_shell.call("storage", "copy", "blobs", url, **keys).json
    assert (there["copied"], there["already_there"], there["bytes"], there["failed"]) == (5, 0, 3_000_000, [])
    assert stray_shell.call("storage", "copy", "blobs", url, **keys).json["already_there"] == 5
    assert stray_shell.call("storage", "copy", url, "back", "--parallel", "2", **keys).json["copied"] == 5
    assert content(tmp_path / "back") == content(blobs)


def test_a_file_that_cannot_be_copied_is_named_and_the_exit_code_is_1(stray_shell: Shell, blobs: Path) -> None:
    stray_shell.call("storage", "copy", "blobs", "there")
    blocked = stray_shell.folder / "there" / "originals" / "03" / "file"
    blocked.unlink()
    blocked.mkdir()
    done = stray_shell.call("storage", "copy", "blobs", "there")
    result = json.loads(done.out)
    assert done.code == 1
    assert [one["key"] for one in result["failed"]] == ["originals/03/file"]
    assert result["already_there"] == 4


def test_a_terminal_gets_one_line_at_the_end(stray_shell: Shell, blobs: Path) -> None:
    assert "5 files copied (2.861 MiB)" in stray_shell.on_terminal("storage", "copy", "blobs", "there").text
    assert "5 were there already" in stray_shell.on_terminal("storage", "copy", "blobs", "there").text


@pytest.mark.parametrize(
    ("source", "target", "named"),
    [
        ("nowhere", "there", "no folder"),
        ("blobs", "./blobs", "same storage"),
        ("blobs", "ftp://there", "file://, s3://"),
        ("blobs", "s3://bucket?enpoint=x", "enpoint"),
    ],
)
def test_addresses_that_cannot_be_copied_are_wrong_use(
    stray_shell: Shell, blobs: Path, source: str, target: str, named: str
) -> None:
    done = stray_shell.call("storage", "copy", source, target)
    assert done.code == 2
    assert named in done.err
    assert not (stray_shell.folder / "nowhere").exists()


def test_a_storage_that_does_not_answer_is_told(stray_shell: Shell, blobs: Path) -> None:
    done = stray_shell.call("storage", "copy", "blobs", "s3://b?endpoint=http://127.0.0.1:1", AWS_ACCESS_KEY_ID="x",
                            AWS_SECRET_ACCESS_KEY="x")  # fmt: skip
    assert (done.code, "storage_unavailable" in done.err) == (1, True)


def test_the_help_shows_examples(stray_shell: Shell) -> None:
    shown = stray_shell.call("storage", "copy", "--help").out.decode()
    assert "mediaworks storage copy ./mediaworks-data/blobs s3://" in " ".join(shown.split())
