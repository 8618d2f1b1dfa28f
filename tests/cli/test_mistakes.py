"""What a command says when it cannot do what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

NOWHERE = {"MEDIAWORKS_SERVER": "http://127.0.0.1:1", "MEDIAWORKS_API_KEY": "mw_x"}
COMMANDS = [
    "serve", "worker", "upload", "ls", "get", "rm", "restore", "doctor", "migrate", "version", "signing-key rotate",
    "import", "uploads ls", "uploads abort",
    "jobs ls", "jobs show", "jobs watch", "jobs cancel", "jobs retry",
    "key create", "key ls", "key revoke", "user create", "user ls",
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "changes", "code", "words"),
    [
        ("upload nothing.jpg", {}, 2, "nothing.jpg"),
        ("upload [/x].jpg", {}, 2, "[/x].jpg"),
        ("upload . --metadata [1]", {}, 2, "nothing to upload"),
        ("upload /dev/null", {}, 2, "neither a file nor a folder"),
        ("ls", NOWHERE, 1, "mediaworks serve"),
        ("ls", {}, 2, "No API key"),
        ("ls", {"MEDIAWORKS_API_KEY": "schlüssel"}, 2, "API key"),
        ("ls", NOWHERE | {"MEDIAWORKS_SERVER": "localhost:8083"}, 2, "no address"),
        ("ls --server http://", NOWHERE, 2, "no address"),
        ("ls --limit 0", NOWHERE, 2, "limit"),
        ("key create x --expires soon", NOWHERE, 2, "--expires"),
        ("user create x --quota lots", NOWHERE, 2, "--quota"),
        ("get not-an-id", NOWHERE, 2, "UUID"),
        ("upload - --presigned", {}, 2, "--presigned"),
        ("import http://a.example/ --header Bearer", NOWHERE, 2, "--header"),
        ("import http://a.example/a.jpg", NOWHERE, 1, "mediaworks serve"),
        ("uploads ls --limit 0", NOWHERE, 2, "limit"),
        ("uploads abort not-an-id", NOWHERE, 2, "UUID"),
        ("worker", {"DATABASE_URL": ""}, 2, "DATABASE_URL"),
        ("worker --queues kitchen", {"DATABASE_URL": "postgresql://x/y"}, 2, "kitchen is none of probe, image"),
        ("jobs watch not-an-id", NOWHERE, 2, "UUID"),
        ("jobs watch 0190f0c0-0000-7000-8000-000000000000", NOWHERE, 1, "mediaworks serve"),
        ("doctor", {"MEDIAWORKS_PORT": "many"}, 2, "MEDIAWORKS_PORT"),
        ("no-such-command", {}, 2, "No such command"),
    ],
)
def test_a_mistake_is_one_clear_line(
    stray_shell: Shell, command: str, changes: dict[str, str], code: int, words: str
) -> None:
    done = stray_shell.call(*command.split(), **changes)
    assert (done.code, done.out) == (code, b"")
    assert words in done.err
    assert "Traceback" not in done.err


def test_an_upload_to_nowhere_names_every_file_that_did_not_arrive(stray_shell: Shell) -> None:
    (stray_shell.folder / "a.pdf").write_bytes(b"%PDF-1.4")
    done = stray_shell.call("upload", "a.pdf", **NOWHERE)
    assert done.code == 1
    assert b'"code":"unreachable"' in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(stray_shell: Shell, command: str) -> None:
    assert f"mediaworks {command}".encode() in stray_shell.call(*command.split(), "--help").out.split(b"Example")[-1]
