"""`mediaworks upload` over lines that break, services that are killed, and programs that end too early."""

from __future__ import annotations

import hashlib
import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import BadLine, Line, Shell

pytestmark = pytest.mark.long

CONTENT = media.PDF + bytes(range(256)) * 40_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PIECE = 3 << 20


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "big.pdf").write_bytes(CONTENT)
    return "big.pdf"


@pytest.mark.parametrize("more", [(), ("--parts", "3")])
def test_an_upload_goes_on_where_the_line_broke(
    shell: Shell, file: str, bad_line: BadLine, client: httpx.Client, more: tuple[str, ...]
) -> None:
    with bad_line(forth=PIECE) as line:
        item = shell.call("upload", file, *more, MEDIAWORKS_SERVER=line.address).json["items"][0]
    assert (item["original_name"], item["size_bytes"], item["sha256"]) == (file, len(CONTENT), SHA256)
    assert len(line.connections) > 3
    assert [one["id"] for one in client.get("/api/v1/media").json()["items"]] == [item["id"]]


def test_a_pipe_goes_on_where_the_line_broke(shell: Shell, bad_line: BadLine) -> None:
    with bad_line(forth=PIECE) as line:
        done = shell.feed(CONTENT, "upload", "-", "--name", "a.pdf", MEDIAWORKS_SERVER=line.address)
    assert done.json["items"][0]["sha256"] == SHA256
    assert len(line.connections) > 3


@pytest.mark.parametrize("more", [(), ("--parts", "3")])
def test_the_next_call_goes_on_where_the_last_one_ended(
    shell: Shell, file: str, bad_line: BadLine, cache: Path, more: tuple[str, ...]
) -> None:
    with bad_line(forth=PIECE, allowed=1 + len(more)) as line:
        broken = shell.call("upload", file, *more, "--patience", "0", "--server", line.address)
        error = json.loads(broken.out)["items"][0]["error"]
        assert (broken.code, error["code"]) == (1, "unreachable")
        assert "the same command goes on" in error["detail"]
        before, line.allowed = sum(line.sent), 1000
        assert shell.call("upload", file, *more, "--server", line.address).json["items"][0]["sha256"] == SHA256
        assert sum(line.sent) - before < len(CONTENT) - PIECE // 2
    assert notes(cache) == []


def test_an_upload_that_was_interrupted_goes_on_too(shell: Shell, file: str, bad_line: BadLine) -> None:
    with bad_line(forth=PIECE) as line:
        interrupt(shell, file, line)
        before = sum(line.sent)
        assert shell.call("upload", file, "--server", line.address).json["items"][0]["sha256"] == SHA256
        assert sum(line.sent) - before < len(CONTENT) - PIECE // 2


def test_an_upload_survives_a_service_that_is_killed_and_started_again(
    own_service: Service, stray_shell: Shell
) -> None:
    own_service.start()
    at = ("--server", own_service.url, "--data-dir", str(own_service.data_dir))
    with stray_shell.start("upload", "-", "--name", "a.pdf", *at) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(CONTENT[:PIECE])
        wait_until(lambda: open_uploads(own_service))
        own_service.kill()
        own_service.start()
        process.stdin.write(CONTENT[PIECE:])
        process.stdin.close()
        items = json.loads(process.stdout.read())["items"]
    assert items[0]["sha256"] == SHA256


def test_an_upload_that_the_service_forgot_begins_again(
    shell: Shell, file: str, bad_line: BadLine, client: httpx.Client
) -> None:
    with bad_line(forth=PIECE) as line:
        interrupt(shell, file, line)
        for upload in client.get("/api/v1/uploads").json()["items"]:
            client.delete(f"/api/v1/uploads/{upload['id']}", headers={"tus-resumable": "1.0.0"})
        assert shell.call("upload", file, "--server", line.address).json["items"][0]["sha256"] == SHA256


def test_another_file_under_the_name_is_another_upload(
    shell: Shell, file: str, bad_line: BadLine, tmp_path: Path
) -> None:
    other = media.PDF + bytes(len(CONTENT) - len(media.PDF))
    with bad_line(forth=PIECE) as line:
        interrupt(shell, file, line)
        (tmp_path / file).write_bytes(other)
        item = shell.call("upload", file, "--server", line.address).json["items"][0]
    assert item["sha256"] == hashlib.sha256(other).hexdigest()


def test_without_a_cache_folder_uploads_work_all_the_same(shell: Shell, file: str) -> None:
    item = shell.call("upload", file, XDG_CACHE_HOME="/dev/null/nowhere").json["items"][0]
    assert item["sha256"] == SHA256


def test_a_refused_file_leaves_no_note_and_no_upload(
    shell: Shell, client: httpx.Client, tmp_path: Path, cache: Path
) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"MZ" + bytes(5 << 20))
    assert json.loads(shell.call("upload", "bad.jpg").out)["items"][0]["error"]["code"] == "unsupported_type"
    assert notes(cache) == []
    assert [one for one in uploads(client) if one["state"] == "open"] == []


def interrupt(shell: Shell, file: str, line: Line) -> None:
    """Ctrl-C in the middle of an upload."""
    with shell.start("upload", file, "--server", line.address) as process:
        wait_until(lambda: sum(line.sent) > 2 * PIECE)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode not in {0, None}


def notes(cache: Path) -> list[Path]:
    return list((cache / "mediaworks" / "uploads").iterdir())


def uploads(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/uploads").json()["items"]
    return found


def open_uploads(service: Service) -> list[dict[str, Any]]:
    with service.client() as client:
        return [one for one in uploads(client) if one["state"] == "open"]
