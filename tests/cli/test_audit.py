"""`mediaworks audit` against a real service."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_a_log_is_listed_and_verified(shell: Shell, service: Service) -> None:
    admin = ("--key", service.admin_key.strip())
    user = shell.call("user", "create", uuid4().hex, *admin).json
    newest = shell.call("audit", "ls", "--action", "postApiV1Users", "--limit", "1", *admin).json["items"][0]
    assert (newest["target"], newest["status"]) == (user["id"], 201)
    found = shell.call("audit", "verify", *admin).json
    assert (found["intact"], found["rows"] >= newest["number"]) == (True, True)
    again = shell.call("audit", "verify", "--since", found["head"], *admin)
    assert (again.code, again.json["intact"]) == (0, True)


def test_an_end_that_was_cut_off_is_exit_code_1(shell: Shell, service: Service) -> None:
    noted = f"{10**9}:{os.urandom(32).hex()}"
    done = shell.call("audit", "verify", "--since", noted, "--key", service.admin_key.strip())
    assert (done.code, b"cut off" in done.out) == (1, True)


def test_a_head_that_is_none_is_told(shell: Shell, service: Service) -> None:
    done = shell.call("audit", "verify", "--since", "yesterday", "--key", service.admin_key.strip())
    assert (done.code, "NUMBER:HASH" in done.err) == (1, True)


def test_on_a_terminal_the_log_is_a_table(shell: Shell, service: Service) -> None:
    key = service.admin_key.strip()
    shell.call("user", "create", uuid4().hex, "--key", key)
    shown = shell.on_terminal("audit", "ls", "--limit", "1", "--key", key, COLUMNS="200").text
    assert "number" in shown
    assert "More" in shown or "more" in shown
    assert "note the head" in shell.on_terminal("audit", "verify", "--key", key).text
