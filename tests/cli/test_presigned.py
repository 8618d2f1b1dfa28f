"""`mediaworks upload --presigned` against a real service and lines that break."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.cli.conftest import BadLine, Shell

SMALL = media.PDF + bytes(range(256)) * 8000


def test_a_file_goes_straight_to_the_storage_with_all_that_is_said_of_it(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "größe.pdf").write_bytes(SMALL)
    given = ("--tag", "a, b", "--visibility", "public", "--metadata", '{"n": 1}')
    item = shell.call("upload", "--presigned", "größe.pdf", *given).json["items"][0]
    assert (item["original_name"], item["sha256"]) == ("größe.pdf", hashlib.sha256(SMALL).hexdigest())
    assert (item["tags"], item["visibility"], item["metadata"]) == (["a, b"], "public", {"n": 1})


def test_the_type_is_told_by_the_content(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(media.image())
    assert shell.call("upload", "--presigned", "a.txt").json["items"][0]["mime_type"] == "image/jpeg"


def test_what_is_refused_leaves_nothing_open(shell: Shell, tmp_path: Path, client: httpx.Client) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"MZ" + bytes(100))
    done = shell.call("upload", "--presigned", "bad.jpg")
    assert (done.code, json.loads(done.out)["items"][0]["error"]["code"]) == (1, "unsupported_type")
    assert client.get("/api/v1/uploads", params={"state": "open"}).json()["items"] == []


def test_a_broken_line_costs_a_new_try(shell: Shell, tmp_path: Path, bad_line: BadLine) -> None:
    (tmp_path / "a.pdf").write_bytes(SMALL)
    with bad_line(forth=len(SMALL) + 4000) as line:
        item = shell.call("upload", "--presigned", "a.pdf", "a.pdf", "--parallel", "1", "--server", line.address)
    assert [one["sha256"] for one in item.json["items"]] == [hashlib.sha256(SMALL).hexdigest()] * 2
    assert len(line.connections) > 1


@pytest.mark.parametrize("parts", ["1", "3"])
def test_a_large_file_goes_in_parts(idle_service: Service, stray_shell: Shell, parts: str) -> None:
    idle_service.start()
    large = media.PDF + bytes(range(256)) * (70 << 12)
    (stray_shell.folder / "large.pdf").write_bytes(large)
    at = ("--server", idle_service.url, "--data-dir", str(idle_service.data_dir))
    item = stray_shell.call("upload", "--presigned", "--parts", parts, "large.pdf", *at).json["items"][0]
    assert (item["size_bytes"], item["sha256"]) == (len(large), hashlib.sha256(large).hexdigest())
