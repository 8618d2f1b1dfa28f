"""`mediaworks get` against a real service, over connections that break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediaworks.testing import media

if TYPE_CHECKING:
    from tests.cli.conftest import BadLine, Shell

CONTENT = media.PDF + bytes(range(256)) * 4000


def test_an_original_comes_back_under_its_own_name(shell: Shell, uploaded: Callable[..., str], tmp_path: Path) -> None:
    media_id = uploaded(CONTENT, "report.pdf")
    assert shell.call("get", media_id).json == {"id": media_id, "path": "report.pdf", "size_bytes": len(CONTENT)}
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]
    assert (tmp_path / "report.pdf").read_bytes() == CONTENT


def test_standard_output_gets_the_bytes_and_nothing_else(shell: Shell, uploaded: Callable[..., str]) -> None:
    assert shell.call("get", uploaded(CONTENT), "-o", "-").out == CONTENT


def test_a_folder_as_output_takes_the_file_in(shell: Shell, uploaded: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "into").mkdir()
    assert shell.call("get", uploaded(CONTENT), "-o", "into").json["path"] == "into/a.pdf"
    assert (tmp_path / "into" / "a.pdf").read_bytes() == CONTENT


def test_a_download_never_overwrites_unasked(shell: Shell, uploaded: Callable[..., str], tmp_path: Path) -> None:
    media_id = uploaded(CONTENT)
    (tmp_path / "a.pdf").write_text("mine")
    refused = shell.call("get", media_id)
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert (tmp_path / "a.pdf").read_text() == "mine"
    assert shell.call("get", media_id, "--force").code == 0
    assert (tmp_path / "a.pdf").read_bytes() == CONTENT


def test_info_shows_the_object_and_downloads_nothing(
    shell: Shell, uploaded: Callable[..., str], tmp_path: Path
) -> None:
    media_id = uploaded(CONTENT)
    assert shell.call("get", media_id, "--info").json["id"] == media_id
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_a_clear_line(shell: Shell, uploaded: Callable[..., str]) -> None:
    done = shell.call("get", uploaded(CONTENT), "-o", "no/such/folder/a.pdf")
    assert (done.code, "cannot be written" in done.err, "Traceback" in done.err) == (2, True, False)


def test_a_broken_transfer_goes_on_where_it_ended(
    shell: Shell, uploaded: Callable[..., str], bad_line: BadLine, tmp_path: Path
) -> None:
    media_id = uploaded(CONTENT)
    with bad_line(back=300_000) as line:
        assert shell.call("get", media_id, MEDIAWORKS_SERVER=line.address).code == 0
    assert len(line.connections) > 3
    assert (tmp_path / "a.pdf").read_bytes() == CONTENT


def test_a_transfer_that_never_ends_leaves_no_file(
    shell: Shell, uploaded: Callable[..., str], bad_line: BadLine, tmp_path: Path
) -> None:
    media_id = uploaded(CONTENT)
    with bad_line(back=300_000, allowed=2) as line:
        done = shell.call("get", media_id, MEDIAWORKS_SERVER=line.address)
    assert (done.code, "unreachable" in done.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flag", ["--force", None])
def test_no_unfinished_file_stays_beside_the_target(
    shell: Shell, uploaded: Callable[..., str], tmp_path: Path, flag: str | None
) -> None:
    shell.call("get", uploaded(CONTENT), *([flag] if flag else []))
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
