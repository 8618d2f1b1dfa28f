"""`mediaworks key` and `mediaworks user` against a real service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Shell

Call = Callable[..., "Done"]


@pytest.fixture
def as_admin(shell: Shell, service: Service) -> Call:
    return lambda *arguments: shell.call(*arguments, "--data-dir", str(service.data_dir), MEDIAWORKS_API_KEY="")


def test_a_user_gets_a_quota_in_the_words_of_people(as_admin: Call) -> None:
    name = uuid4().hex
    user = as_admin("user", "create", name, "--quota", "10 GiB").json
    assert (user["name"], user["quota_bytes"], user["role"]) == (name, 10 << 30, "user")
    assert user["id"] in [one["id"] for one in as_admin("user", "ls").json["items"]]


def test_a_key_opens_until_it_is_revoked(as_admin: Call, shell: Shell) -> None:
    user = as_admin("user", "create", uuid4().hex).json
    key = as_admin(
        "key", "create", "phone", "--user", user["id"], "--scope", "media:read", "--expires", "30d"
    ).json  # fmt: skip
    assert shell.call("ls", MEDIAWORKS_API_KEY=key["key"]).json["items"] == []
    assert key["id"] in [one["id"] for one in as_admin("key", "ls").json["items"]]
    assert as_admin("key", "revoke", key["id"]).json["revoked_at"]
    late = shell.call("ls", MEDIAWORKS_API_KEY=key["key"])
    assert (late.code, "invalid_key" in late.err) == (1, True)


def test_a_key_can_do_no_more_than_its_scopes(as_admin: Call, shell: Shell) -> None:
    key = as_admin("key", "create", "reader", "--scope", "media:read").json["key"]
    refused = shell.call("key", "ls", "--key", key)
    assert (refused.code, "missing_scope" in refused.err) == (1, True)


def test_a_key_in_the_working_folder_is_found(stray_shell: Shell, service: Service) -> None:
    (stray_shell.folder / "mediaworks-data").mkdir()
    (stray_shell.folder / "mediaworks-data" / "admin.key").write_text(service.admin_key + "\n")
    assert stray_shell.call("user", "ls", "--server", service.url).json["items"]


def test_a_new_key_is_told_on_a_terminal_in_one_piece(shell: Shell, service: Service) -> None:
    shown = shell.on_terminal("key", "create", "x", "--key", service.admin_key.strip(), COLUMNS="20").text
    assert shown.splitlines()[0].startswith("mw_")
    assert shell.call("user", "ls", "--key", shown.splitlines()[0].strip()).code == 0
