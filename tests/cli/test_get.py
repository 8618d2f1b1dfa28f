"""`mediaworks get` against a real service, over connections that break."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

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
    shell: Shell, uploaded: Callable[..., str], service: Service, tmp_path: Path
) -> None:
    media_id = uploaded(CONTENT)
    with breaking(service, after=300_000) as (address, connections):
        assert shell.call("get", media_id, MEDIAWORKS_SERVER=address).code == 0
    assert len(connections) > 3
    assert (tmp_path / "a.pdf").read_bytes() == CONTENT


def test_a_transfer_that_never_ends_leaves_no_file(
    shell: Shell, uploaded: Callable[..., str], service: Service, tmp_path: Path
) -> None:
    media_id = uploaded(CONTENT)
    with breaking(service, after=300_000, connections_allowed=2) as (address, _):
        done = shell.call("get", media_id, MEDIAWORKS_SERVER=address)
    assert (done.code, "unreachable" in done.err) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flag", ["--force", None])
def test_no_unfinished_file_stays_beside_the_target(
    shell: Shell, uploaded: Callable[..., str], tmp_path: Path, flag: str | None
) -> None:
    shell.call("get", uploaded(CONTENT), *([flag] if flag else []))
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@contextmanager
def breaking(
    service: Service, *, after: int, connections_allowed: int = 100
) -> Iterator[tuple[str, list[socket.socket]]]:
    """A way to the service whose every connection is cut when `after` bytes came back over it."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def attend() -> None:
            with suppress(OSError):
                while True:
                    connections.append(door.accept()[0])
                    if len(connections) > connections_allowed:
                        connections[-1].close()
                        continue
                    threading.Thread(target=_pass_on, args=(connections[-1], service.port, after)).start()

        attendant = threading.Thread(target=attend)
        attendant.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}", connections
        door.shutdown(socket.SHUT_RDWR)
    attendant.join()


def _pass_on(near: socket.socket, port: int, after: int) -> None:
    with near, socket.create_connection(("127.0.0.1", port)) as far:
        threading.Thread(target=_copy, args=(near, far, None), daemon=True).start()
        _copy(far, near, after)
        for end in (near, far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _copy(source: socket.socket, target: socket.socket, limit: int | None) -> None:
    passed = 0
    with suppress(OSError):
        while (limit is None or passed < limit) and (piece := source.recv(16384)):
            target.sendall(piece)
            passed += len(piece)
