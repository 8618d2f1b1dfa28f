"""`mediaworks uploads ls` and `mediaworks uploads abort` against a real service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.fixture
def begun(client: httpx.Client) -> Callable[..., str]:
    """Begins an upload and returns its id."""

    def begin(length: int = 3 << 20, by: httpx.Client = client) -> str:
        headers = {"tus-resumable": "1.0.0", "upload-length": str(length), "upload-metadata": "filename YS5wZGY="}
        answer = by.post("/api/v1/uploads", headers=headers)
        return str(answer.raise_for_status().headers["location"]).rpartition("/")[2]

    return begin


def test_uploads_are_listed_with_how_far_they_are(shell: Shell, begun: Callable[..., str]) -> None:
    upload_id = begun()
    (item,) = shell.call("uploads", "ls").json["items"]
    assert (item["id"], item["name"], item["offset"], item["length"]) == (upload_id, "a.pdf", 0, 3 << 20)


def test_on_a_terminal_uploads_are_a_table(shell: Shell, begun: Callable[..., str]) -> None:
    upload_id = begun()
    shown = shell.on_terminal("uploads", "ls").text
    assert upload_id in shown
    assert "a.pdf" in shown
    assert "3 MiB" in shown


def test_a_list_is_of_one_state_when_that_is_asked(shell: Shell, begun: Callable[..., str]) -> None:
    kept, aborted = begun(), begun()
    shell.call("uploads", "abort", aborted)
    assert ids(shell, "--state", "open") == [kept]
    assert ids(shell, "--state", "aborted") == [aborted]


def test_a_list_goes_on_at_its_cursor(shell: Shell, begun: Callable[..., str]) -> None:
    newest_first = [begun() for _ in range(3)][::-1]
    first = shell.call("uploads", "ls", "--limit", "2").json
    assert [item["id"] for item in first["items"]] == newest_first[:2]
    assert ids(shell, "--cursor", first["next_cursor"]) == newest_first[2:]


def test_everybodys_uploads_are_for_administrators(
    shell: Shell, begun: Callable[..., str], new_client: Callable[..., httpx.Client]
) -> None:
    other = begun(by=new_client())
    boss = new_client(role="admin").headers["x-api-key"]
    assert other not in ids(shell)
    assert other in [one["id"] for one in shell.call("uploads", "ls", "--all", MEDIAWORKS_API_KEY=boss).json["items"]]
    assert shell.call("uploads", "ls", "--all").code == 1


def test_an_abort_ends_each_and_tells_which_it_could_not(
    shell: Shell, begun: Callable[..., str], client: httpx.Client
) -> None:
    mine, unknown = begun(), str(uuid4())
    done = shell.call("uploads", "abort", unknown, mine)
    items: list[dict[str, Any]] = json.loads(done.out)["items"]
    assert done.code == 1
    assert (items[0]["id"], items[0]["error"]["code"]) == (unknown, "upload_not_found")
    assert items[1] == {"id": mine, "status": "aborted"}
    assert client.get(f"/api/v1/uploads/{mine}").json()["state"] == "aborted"


def ids(shell: Shell, *arguments: str) -> list[str]:
    return [item["id"] for item in shell.call("uploads", "ls", *arguments).json["items"]]
