"""The commands as a user calls them: real processes against a real service."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text

from mediaworks.cli.key import parse_expiry
from mediaworks.cli.sources import Source, find_sources, multipart_body
from mediaworks.errors import SetupError
from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

Call = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def call(service: Service, client: httpx.Client, tmp_path: Path) -> Call:
    environment = service.environment() | {
        "MEDIAWORKS_SERVER": service.url,
        "MEDIAWORKS_API_KEY": client.headers["x-api-key"],
    }

    def run(*arguments: str, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "mediaworks", *arguments]
        return subprocess.run(
            command, env=environment | changes, input=stdin, capture_output=True, cwd=tmp_path, timeout=120
        )

    return run


def output(done: subprocess.CompletedProcess[bytes]) -> Any:
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_files_folders_and_patterns_are_uploaded_and_listed(call: Call, tmp_path: Path) -> None:
    (tmp_path / "trip" / "deep").mkdir(parents=True)
    (tmp_path / "trip" / "a.jpg").write_bytes(media.image())
    (tmp_path / "trip" / "deep" / "b.png").write_bytes(media.image(".png"))
    (tmp_path / "trip" / ".hidden.jpg").write_bytes(media.image())
    (tmp_path / "c1.pdf").write_bytes(media.PDF)
    (tmp_path / "c2.pdf").write_bytes(media.PDF)
    done = output(call("upload", "trip", "c*.pdf", "--tag", "sea", "--visibility", "public", "--metadata", '{"a": 1}'))
    assert [item["original_name"] for item in done["items"]] == ["a.jpg", "b.png", "c1.pdf", "c2.pdf"]
    assert all(item["tags"] == ["sea"] and item["visibility"] == "public" for item in done["items"])
    listed = output(call("ls", "--kind", "document", "--sort", "original_name"))
    assert [item["original_name"] for item in listed["items"]] == ["c1.pdf", "c2.pdf"]
    assert len(output(call("ls", "--limit", "3"))["items"]) == 3


def test_standard_input_is_uploaded_and_comes_back_on_standard_output(call: Call) -> None:
    content = media.PDF + bytes(range(256)) * 3000
    done = output(call("upload", "-", "--name", "piped.pdf", stdin=content))
    media_id = done["items"][0]["id"]
    assert done["items"][0]["original_name"] == "piped.pdf"
    assert call("get", media_id, "-o", "-").stdout == content


def test_a_refused_file_does_not_stop_the_others_but_the_exit_code_tells(call: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"MZ" + bytes(100))
    (tmp_path / "good.jpg").write_bytes(media.image())
    done = call("upload", "bad.jpg", "good.jpg")
    bad, good = json.loads(done.stdout)["items"]
    assert done.returncode == 1
    assert bad["error"]["code"] == "unsupported_type"
    assert good["original_name"] == "good.jpg"


def test_a_download_never_overwrites_unasked(call: Call, tmp_path: Path) -> None:
    content = media.image()
    (tmp_path / "a.jpg").write_bytes(content)
    media_id = output(call("upload", "a.jpg"))["items"][0]["id"]
    (tmp_path / "a.jpg").write_text("mine")
    refused = call("get", media_id)
    assert refused.returncode == 2
    assert b"--force" in refused.stderr
    assert (tmp_path / "a.jpg").read_text() == "mine"
    output(call("get", media_id, "--force"))
    assert hashlib.sha256((tmp_path / "a.jpg").read_bytes()).digest() == hashlib.sha256(content).digest()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert output(call("get", media_id, "--info"))["id"] == media_id


def test_what_was_removed_can_be_restored_until_it_is_purged(call: Call) -> None:
    media_id = output(call("upload", "-", stdin=media.PDF))["items"][0]["id"]
    assert output(call("rm", media_id))["items"][0]["status"] == "deleted"
    assert output(call("ls"))["items"] == []
    assert output(call("restore", media_id))["items"][0]["status"] == "active"
    assert output(call("rm", media_id, "--purge"))["items"][0]["status"] == "purged"
    assert call("get", media_id).returncode == 1


def test_keys_and_users_are_made_listed_and_revoked(call: Call, service: Service) -> None:
    admin = {"MEDIAWORKS_API_KEY": service.admin_key}
    user = output(call("user", "create", "ada-of-the-cli", "--quota", "1GiB", **admin))
    assert user["quota_bytes"] == 1 << 30
    key = output(
        call("key", "create", "phone", "--user", user["id"], "--scope", "media:read", "--expires", "30d", **admin)
    )
    assert output(call("ls", MEDIAWORKS_API_KEY=key["key"]))["items"] == []
    assert key["id"] in [one["id"] for one in output(call("key", "ls", **admin))["items"]]
    assert user["id"] in [one["id"] for one in output(call("user", "ls", **admin))["items"]]
    assert output(call("key", "revoke", key["id"], **admin))["revoked_at"]
    late = call("ls", MEDIAWORKS_API_KEY=key["key"])
    assert (late.returncode, b"invalid_key" in late.stderr) == (1, True)


def test_doctor_names_every_dependency_wall_and_place(call: Call, service: Service) -> None:
    settings = {"DATABASE_URL": service.database_url, "PORT": str(service.port)}
    done = call("doctor", "--data-dir", str(service.data_dir), **settings)
    found = {finding["what"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 0
    assert found.keys() >= {
        "python", "litestar", "libvips", "ffmpeg (libavcodec)", "sandbox: landlock", "database", "free space", "service",
    }  # fmt: skip
    assert "PostgreSQL 1" in found["database"]["detail"]
    assert "answers" in found["service"]["detail"]
    listed = json.loads(call("doctor", "--settings").stdout)["settings"]
    assert "MEDIAWORKS_UPLOADS_MAX_FILE_SIZE" in [one["variable"] for one in listed]


def test_doctor_says_that_a_database_is_missing(call: Call, tmp_path: Path) -> None:
    done = call("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    found = {finding["what"]: finding["state"] for finding in json.loads(done.stdout)["findings"]}
    assert (done.returncode, found["database"]) == (1, "missing")


def test_migrate_and_version_answer(call: Call, new_database: Callable[[], str]) -> None:
    assert output(call("migrate", DATABASE_URL=new_database()))["revision"] == "0001"
    assert output(call("version"))["version"]


def test_a_rotated_key_signs_once_all_know_it_and_old_links_stay_good(own_service: Service) -> None:
    own_service.start()
    with own_service.client() as client:
        body = client.post("/api/v1/media/upload", files={"file": ("a.pdf", media.PDF)}).json()
    command = [sys.executable, "-m", "mediaworks", "signing-key", "rotate", "--data-dir", str(own_service.data_dir)]
    done = subprocess.run(command, env=own_service.environment(), capture_output=True, check=True)
    new_key = json.loads(done.stdout)["key"]
    engine = create_engine(make_url(own_service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE signing_keys SET created_at = created_at - interval '1 minute'"))
    engine.dispose()
    with own_service.client() as client:
        wait_until(lambda: new_key in client.get(f"/api/v1/media/{body['id']}").json()["url"], 30)
        assert new_key not in body["url"]
        assert client.get(body["url"]).content == media.PDF


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "words"),
    [
        (("upload", "nothing.jpg"), {}, 2, b"nothing.jpg"),
        (("ls",), {"MEDIAWORKS_SERVER": "http://127.0.0.1:1"}, 1, b"mediaworks serve"),
        (("ls",), {"MEDIAWORKS_API_KEY": ""}, 2, b"API key"),
        (("key", "create", "x", "--expires", "soon"), {}, 2, b"--expires"),
        (("worker",), {"DATABASE_URL": ""}, 2, b"DATABASE_URL"),
        (("get", "0190a1b2-0000-7000-8000-000000000000"), {}, 1, b"not_found"),
        (("no-such-command",), {}, 2, b"No such command"),
    ],
)
def test_a_mistake_is_one_clear_line(
    call: Call, arguments: tuple[str, ...], changes: dict[str, str], code: int, words: bytes
) -> None:
    done = call(*arguments, **changes)
    assert done.returncode == code
    assert words in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["serve", "worker", "upload", "ls", "get", "rm", "restore", "doctor", "migrate", "version"]
)
def test_every_help_has_an_example(call: Call, command: str) -> None:
    assert b"Example" in call(command, "--help").stdout


@given(
    content=st.binary(max_size=2000),
    fields=st.dictionaries(st.sampled_from(["tags", "metadata"]), st.text(max_size=50)),
)
def test_the_length_of_a_body_is_what_is_sent(tmp_path_factory: Any, content: bytes, fields: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("body") / 'na"me.bin'
    path.write_bytes(content)
    sent: list[int] = []
    body = multipart_body(Source(path, path.name, len(content)), fields, sent.append)
    assert len(b"".join(body.stream)) == body.length
    assert sum(sent) == len(content)


def test_an_empty_folder_is_nothing_to_upload(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="nothing to upload"):
        find_sources([str(tmp_path)], "stdin")


def test_an_expiry_is_a_span_or_a_moment() -> None:
    assert parse_expiry(None) is None
    assert str(parse_expiry("30d"))[:4].isdigit()
    assert parse_expiry("2027-01-01") == "2027-01-01T00:00:00+00:00"
