"""`migrate`, `version` and `signing-key rotate`: commands for whoever runs the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

from mediaworks import __version__
from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_a_database_is_brought_to_the_schema(stray_shell: Shell, empty_database: Callable[[], str]) -> None:
    assert stray_shell.call("migrate", DATABASE_URL=empty_database()).json["revision"]


def test_the_version_is_json_for_programs_and_words_for_people(stray_shell: Shell) -> None:
    assert stray_shell.call("version").json == {"version": __version__}
    assert stray_shell.on_terminal("version").text.strip() == f"mediaworks {__version__}"


def test_a_rotated_key_signs_once_all_processes_know_it_and_old_links_stay_good(
    own_service: Service, stray_shell: Shell
) -> None:
    own_service.start()
    with own_service.client() as client:
        body = client.post("/api/v1/media/upload", files={"file": ("a.pdf", media.PDF)}).json()
        rotate = ("signing-key", "rotate", "--data-dir", str(own_service.data_dir))
        made = stray_shell.call(*rotate, **own_service.environment()).json["key"]
        _let_half_a_minute_pass(own_service)
        wait_until(lambda: f"key={made}&" in client.get(f"/api/v1/media/{body['id']}").json()["url"], 30)
        assert made not in body["url"]
        assert client.get(body["url"]).content == media.PDF


def _let_half_a_minute_pass(service: Service) -> None:
    """For the keys: they are known by the time at which they were made."""
    engine = create_engine(make_url(service.database_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE signing_keys SET created_at = created_at - interval '1 minute'"))
    engine.dispose()
