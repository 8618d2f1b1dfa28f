"""`mediaworks key create` with limits, and `mediaworks policy`, against a real service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from mediaworks.testing.service import Service

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Shell

LIMITS = (
    "--max-file-size", "2GiB", "--allow-type", "image/png", "--allow-type", "image/jpeg", "--quota", "10 GiB",
    "--uploads-at-once", "3", "--rate", "10MiB", "--retention", "4w",
)  # fmt: skip
POLICY = {
    "max_file_size": 2 << 30,
    "allowed_types": ["image/png", "image/jpeg"],
    "quota_bytes": 10 << 30,
    "uploads_at_once": 3,
    "bytes_per_second": 10 << 20,
    "retention_days": 28,
}


def as_admin(shell: Shell, service: Service) -> Callable[..., Done]:
    folder = str(service.data_dir)
    return lambda *arguments: shell.call(
        *arguments, "--data-dir", folder, MEDIAWORKS_SERVER=service.url, MEDIAWORKS_API_KEY=""
    )


def test_a_key_gets_limits_in_the_words_of_people(shell: Shell, service: Service) -> None:
    call = as_admin(shell, service)
    assert call("key", "create", "bot", *LIMITS).json["policy"] == POLICY
    assert call("key", "create", "free").json["policy"] == {}


def test_a_role_gets_limits_and_loses_them(shell: Shell, idle_service: Service) -> None:
    call = as_admin(shell, idle_service.start())
    assert call("policy", "ls").json == {}
    assert call("policy", "set", "user", *LIMITS).json == POLICY
    assert call("policy", "ls").json == {"user": POLICY}
    shown = shell.on_terminal("policy", "ls", "--server", idle_service.url, "--key", idle_service.admin_key).text
    assert "image/png, image/jpeg" in shown
    assert call("policy", "set", "user").json == {}
    assert call("policy", "ls").json == {}


@pytest.mark.parametrize(
    ("option", "value"),
    [("--max-file-size", "huge"), ("--rate", "-1"), ("--retention", "soon"), ("--quota", "1 league")],
)
def test_a_limit_that_cannot_be_is_named(shell: Shell, service: Service, option: str, value: str) -> None:
    for command in (("key", "create", "x"), ("policy", "set", "user")):
        done = as_admin(shell, service)(*command, f"{option}={value}")
        assert (done.code, option in done.err) == (2, True)


def test_only_an_administrator_limits_roles(shell: Shell, client: httpx.Client) -> None:
    refused = shell.call("policy", "set", "user", "--rate", "1MiB")
    assert (refused.code, "admin_only" in refused.err) == (1, True)
