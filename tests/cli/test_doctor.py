"""`mediaworks doctor`, with a service and without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mediaworks.testing.auth_service import AuthService
from mediaworks.testing.service import Service, free_port

if TYPE_CHECKING:
    from tests.cli.conftest import Done, Shell


def findings(done: Done) -> dict[str, Any]:
    return {finding["name"]: finding for finding in json.loads(done.out)["findings"]}


def test_every_dependency_wall_and_place_is_named(shell: Shell, service: Service) -> None:
    done = shell.call("doctor", "--data-dir", str(service.data_dir), DATABASE_URL=service.database_url)
    found = findings(done)
    assert done.code == 0
    assert found.keys() >= {
        "mediaworks", "python", "litestar", "libvips", "ffmpeg (libavcodec)", "sandbox: landlock", "database",
        "data folder", "free space", "service",
    }  # fmt: skip
    assert "PostgreSQL) 18" in found["embedded postgresql"]["detail"]
    assert "jpeg, png, webp, avif, gif" in found["pictures are written as"]["detail"]
    assert "revision 0" in found["database"]["detail"]
    assert found["segment cache"]["detail"].endswith(" of 10 GiB")
    assert "database: ok" in found["service"]["detail"]


def test_it_works_where_nothing_runs_and_starts_nothing(stray_shell: Shell, tmp_path: Path) -> None:
    done = stray_shell.call("doctor", PORT=str(free_port()))
    found = findings(done)
    assert done.code == 0
    assert (found["database"]["state"], found["service"]["state"]) == ("ok", "warning")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_missing(stray_shell: Shell) -> None:
    done = stray_shell.call("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")
    assert (done.code, findings(done)["database"]["state"]) == (1, "missing")


def test_an_address_that_leads_to_no_database_is_missing_too(stray_shell: Shell) -> None:
    done = stray_shell.call("doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:nowhere/x")
    assert (done.code, findings(done)["database"]["state"]) == (1, "missing")


def test_a_data_folder_that_is_a_file_is_missing(stray_shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = stray_shell.call("doctor", "--data-dir", "file/data")
    assert (done.code, findings(done)["data folder"]["state"]) == (1, "missing")


def test_every_setting_is_listed_with_its_default(stray_shell: Shell) -> None:
    listed = {one["variable"]: one for one in stray_shell.call("doctor", "--settings").json["settings"]}
    assert listed["MEDIAWORKS_PORT"] == {"variable": "MEDIAWORKS_PORT", "type": "int", "default": "8083"}
    assert "MEDIAWORKS_UPLOADS_MAX_FILE_SIZE" in listed


def test_a_terminal_gets_one_line_for_each_finding(stray_shell: Shell) -> None:
    shown = stray_shell.on_terminal("doctor", PORT=str(free_port())).out.decode()
    assert "\x1b[32mok" in shown
    assert "\x1b[33mwarning" in shown


def test_it_asks_for_the_keys_that_tokens_are_verified_with(stray_shell: Shell) -> None:
    with AuthService() as auth:
        here = findings(stray_shell.call("doctor", PORT=str(free_port()), **auth.settings()))["token keys"]
        assert (here["state"], "1 keys" in here["detail"]) == ("warning", True)
    away = stray_shell.call("doctor", PORT=str(free_port()), **auth.settings())
    assert (away.code, findings(away)["token keys"]["state"]) == (1, "missing")
