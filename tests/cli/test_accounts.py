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


def test_a_user_is_changed_limited_disabled_and_shown(as_admin: Call) -> None:
    user = as_admin("user", "create", uuid4().hex).json["id"]
    assert as_admin("users", "set", user, "--role", "service", "--quota", "1GiB").json["quota_bytes"] == 1 << 30
    limits = {"requests": {"amount": 600, "seconds": 60}, "bytes": {"amount": 10 << 30, "seconds": 86_400}}
    assert as_admin("user", "limit", user, "--allow", "requests=600/1m", "--allow", "bytes=10GiB/1d").json == limits
    assert as_admin("user", "set", user, "--disabled").json["disabled_at"]
    shown = as_admin("user", "show", user).json
    assert (shown["role"], shown["policy"], shown["external_id"]) == ("service", limits, None)
    assert as_admin("user", "set", user, "--enabled").json["disabled_at"] is None


def test_a_key_is_bound_and_changed(as_admin: Call) -> None:
    bounds = ["--origin", "https://www.example.org", "--address", "10.2.0.0/16"]
    key = as_admin("key", "create", "page", "--allow", "requests=5/1h", *bounds).json
    assert key["policy"] == {"requests": {"amount": 5, "seconds": 3600}}
    assert (key["allowed_origins"], key["allowed_addresses"]) == (["https://www.example.org"], ["10.2.0.0/16"])
    changed = as_admin("key", "change", key["id"], "--name", "old page", "--scope", "media:read").json
    assert (changed["name"], changed["scopes"]) == ("old page", ["media:read"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "limit", str(uuid4()), "--allow", "requests=many/1m"),
        ("user", "limit", str(uuid4()), "--allow", "requests=1"),
        ("user", "set", str(uuid4())),
        ("key", "change", str(uuid4())),
    ],
)
def test_what_cannot_be_meant_is_wrong_use(as_admin: Call, arguments: tuple[str, ...]) -> None:
    assert as_admin(*arguments).code == 2
