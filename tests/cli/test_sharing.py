"""`mediaworks share`, `group` and `user export|erase` against a real service."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Shell

MEDIA = "/api/v1/media"


def as_admin(shell: Shell, service: Service) -> Callable[..., Done]:
    folder = str(service.data_dir)
    return lambda *arguments: shell.call(
        *arguments, "--data-dir", folder, MEDIAWORKS_SERVER=service.url, MEDIAWORKS_API_KEY=""
    )


@pytest.fixture
def mine(client: httpx.Client) -> str:
    return str(client.post(f"{MEDIA}/upload", files={"file": ("a.pdf", media.PDF)}).json()["id"])


def test_a_media_object_is_shared_and_no_longer(
    shell: Shell, mine: str, new_client: Callable[..., httpx.Client]
) -> None:
    guest = new_client()
    made = shell.call("share", "with", mine, "--user", guest.headers["x-test-user"], "--edit").json
    assert made["access"] == "edit"
    assert [item["id"] for item in shell.call("share", "ls", mine).json["items"]] == [made["id"]]
    found = shell.call("ls", "--shared", MEDIAWORKS_API_KEY=guest.headers["x-api-key"]).json["items"]
    assert [item["id"] for item in found] == [mine]
    assert shell.call("share", "rm", mine, made["id"]).json["status"] == "ended"
    assert guest.get(f"{MEDIA}/{mine}").status_code == 404
    again = shell.call("share", "rm", mine, made["id"])
    assert (again.code, "not_found" in again.err) == (1, True)
    assert shell.call("share", "with", mine).code == 2


def test_a_link_is_made_opened_and_revoked(shell: Shell, mine: str) -> None:
    made = shell.call("share", "link", mine, "--password", "secret", "--expires", "7d", "--max-downloads", "2").json
    opened = httpx.get(made["url"], headers={"x-share-password": "secret"}, trust_env=False)
    assert opened.content == media.PDF
    listed = shell.call("share", "links", mine).json["items"]
    assert [(item["id"], item["downloads"], item["has_password"]) for item in listed] == [(made["id"], 1, True)]
    assert made["id"] in shell.on_terminal("share", "links", mine).text
    assert shell.call("share", "unlink", mine, made["id"]).json["revoked_at"]
    assert httpx.get(made["url"], trust_env=False).status_code == 410


def test_a_password_may_come_by_standard_input(shell: Shell, mine: str) -> None:
    made = shell.feed(b"secret\n", "share", "link", mine, "--password", "-").json
    assert httpx.get(made["url"], headers={"x-share-password": "secret"}, trust_env=False).status_code == 200


def test_a_group_lives(shell: Shell, service: Service, client: httpx.Client) -> None:
    call, user, name = as_admin(shell, service), client.headers["x-test-user"], uuid4().hex
    group = call("group", "create", name).json["id"]
    assert call("group", "add", group, user).json["members"][0]["id"] == user
    assert [item["name"] for item in shell.call("group", "ls").json["items"]] == [name]
    assert call("group", "limit", group, "--max-file-size", "1MiB").json["policy"] == {"max_file_size": 1 << 20}
    assert user in shell.on_terminal("group", "show", group).text
    assert call("group", "remove", group, user).json["members"] == []
    assert call("group", "rm", group).json["status"] == "deleted"
    refused = shell.call("group", "rm", group)
    assert (refused.code, "admin_only" in refused.err) == (1, True)


def test_a_user_takes_everything_along_and_goes(
    shell: Shell, service: Service, admin: httpx.Client, client: httpx.Client, mine: str
) -> None:
    user = client.headers["x-test-user"]
    done = shell.call("user", "export", user, "-o", "all.zip").json
    with zipfile.ZipFile(shell.folder / "all.zip") as found:
        assert found.read(f"media/{mine}/a.pdf") == media.PDF
    assert done["size_bytes"] == (shell.folder / "all.zip").stat().st_size
    assert shell.call("user", "export", user, "-o", "all.zip").code == 2
    assert shell.call("user", "erase", user).code == 2
    refused = shell.call("user", "erase", user, "--name", "somebody")
    assert (refused.code, "name" in refused.err) == (1, True)
    name = next(item["name"] for item in admin.get("/api/v1/users").json()["items"] if item["id"] == user)
    assert shell.call("user", "erase", user, "--name", name).json["user_id"] == user
    wait_until(lambda: admin.get(f"{MEDIA}/{mine}").status_code == 404)


def test_of_an_export_that_is_refused_nothing_is_left(shell: Shell) -> None:
    refused = shell.call("user", "export", str(uuid4()))
    assert (refused.code, "not_found" in refused.err) == (1, True)
    assert not list(shell.folder.glob("*.zip"))
