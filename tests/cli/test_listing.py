"""`mediaworks ls`, `rm` and `restore` against a real service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from mediaworks.testing import media

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

NOBODYS = "0190a1b2-0000-7000-8000-000000000000"


def test_a_list_is_narrowed_and_sorted(shell: Shell, uploaded: Callable[..., str]) -> None:
    for name in ("b.pdf", "a.pdf"):
        uploaded(media.PDF, name)
    uploaded(media.image(), "c.jpg")
    items = shell.call("ls", "--kind", "document", "--sort", "original_name").json["items"]
    assert [item["original_name"] for item in items] == ["a.pdf", "b.pdf"]
    assert [item["original_name"] for item in shell.call("ls", "--name", "C.J").json["items"]] == ["c.jpg"]


def test_a_list_ends_with_the_cursor_of_what_follows(shell: Shell, uploaded: Callable[..., str]) -> None:
    first, second, third = (uploaded(media.PDF, name) for name in ("a.pdf", "b.pdf", "c.pdf"))
    begun = shell.call("ls", "--limit", "2").json
    assert [item["id"] for item in begun["items"]] == [third, second]
    rest = shell.call("ls", "--cursor", begun["next_cursor"]).json
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == ([first], None)


def test_all_means_all(shell: Shell, uploaded: Callable[..., str]) -> None:
    made = {uploaded(media.PDF) for _ in range(3)}
    found = shell.call("ls", "--all", "--limit", "1").json
    assert ({item["id"] for item in found["items"]}, found["next_cursor"]) == (made, None)


def test_a_terminal_gets_a_table_with_names_as_they_are(shell: Shell, uploaded: Callable[..., str]) -> None:
    media_id = uploaded(media.PDF, "[red]x[bold].pdf")
    uploaded(media.PDF, "newer.pdf")
    shown = shell.on_terminal("ls").text
    assert media_id in shown
    assert "[red]x[bold].pdf" in shown
    assert "dimensions" in shown
    assert "--cursor" in shell.on_terminal("ls", "--limit", "1").text


def test_what_was_removed_can_be_restored_until_it_is_purged(shell: Shell, uploaded: Callable[..., str]) -> None:
    media_id = uploaded(media.PDF)
    assert shell.call("rm", media_id).json["items"][0]["status"] == "deleted"
    assert shell.call("ls").json["items"] == []
    assert [item["id"] for item in shell.call("ls", "--status", "deleted").json["items"]] == [media_id]
    assert shell.call("restore", media_id).json["items"][0]["status"] == "active"
    assert shell.call("rm", media_id, "--purge", "--yes").json["items"][0]["status"] == "purged"
    assert shell.call("get", media_id).code == 1


def test_one_that_is_not_there_does_not_keep_the_others(shell: Shell, uploaded: Callable[..., str]) -> None:
    media_id = uploaded(media.PDF)
    done = shell.call("rm", NOBODYS, media_id)
    missing, removed = json.loads(done.out)["items"]
    assert done.code == 1
    assert (missing["id"], missing["error"]["code"]) == (NOBODYS, "not_found")
    assert removed == {"id": media_id, "status": "deleted"}


def test_a_purge_is_asked_about_first(shell: Shell, uploaded: Callable[..., str]) -> None:
    media_id = uploaded(media.PDF)
    unasked = shell.call("rm", media_id, "--purge")
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    assert shell.on_terminal("rm", media_id, "--purge", typed=b"n\n").code == 1
    assert len(shell.call("ls").json["items"]) == 1
    assert shell.on_terminal("rm", media_id, "--purge", typed=b"y\n").code == 0
    assert shell.call("ls").json["items"] == []
