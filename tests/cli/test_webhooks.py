"""`mediaworks webhooks` against a real service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

ADDRESS = "https://hooks.example.invalid/a"


def test_a_webhook_is_made_looked_at_and_removed(shell: Shell) -> None:
    made = shell.call("webhooks", "add", ADDRESS, "--event", "media.*", "--description", "index").json
    assert made["secret"].startswith("whsec_")
    assert [one["id"] for one in shell.call("webhooks", "ls").json["items"]] == [made["id"]]
    shown = shell.on_terminal("webhooks", "show", made["id"]).text
    assert ADDRESS in shown
    assert made["secret"] not in shown
    rotated = shell.call("webhooks", "rotate", made["id"], "--overlap", "1").json
    assert rotated["secret"] != made["secret"]
    assert shell.call("webhooks", "deliveries", made["id"]).json == {"items": [], "next_cursor": None}
    assert shell.call("webhooks", "replay", made["id"], "--since", "1h").json == {"queued": 0}
    assert shell.call("webhooks", "rm", made["id"]).json == {"id": made["id"], "removed": True}
    assert shell.call("webhooks", "ls").json["items"] == []


def test_a_test_that_is_not_taken_says_why_and_ends_with_1(shell: Shell) -> None:
    made = shell.call("webhooks", "add", ADDRESS).json
    assert made["events"] == ["*"]
    done = shell.call("webhooks", "test", made["id"])
    assert (done.code, b"cannot be resolved" in done.out) == (1, True)
    assert "cannot be resolved" in shell.on_terminal("webhooks", "test", made["id"]).text
    assert "on" in shell.on_terminal("webhooks", "ls").text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "http://127.0.0.1/"), 1, "url:"),
        (("add", ADDRESS, "--event", "cheese"), 1, "events:"),
        (("show", "01890000-0000-7000-8000-000000000000"), 1, "not_found"),
        (("rm", "01890000-0000-7000-8000-000000000000"), 1, "not_found"),
        (("replay", "01890000-0000-7000-8000-000000000000", "--since", "soon"), 2, "--since"),
    ],
)
def test_what_cannot_be_is_said_with_its_exit_code(
    shell: Shell, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = shell.call("webhooks", *arguments)
    assert done.code == code
    assert words in done.err
