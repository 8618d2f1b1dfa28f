from __future__ import annotations

from pathlib import Path

import pytest

from mediaworks import settings
from mediaworks.errors import SetupError


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "PORT", "MEDIAWORKS_SETTINGS", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_word_everything_has_a_safe_default(tmp_path: Path) -> None:
    found = settings.load()
    assert (found.host, found.port) == ("127.0.0.1", 8083)
    assert found.data_dir == tmp_path / "mediaworks-data"
    assert found.storage.url == (tmp_path / "mediaworks-data" / "blobs").as_uri()


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mediaworks.toml").write_text(
        'port = 1\nhost = "file"\nlog_level = "debug"\n[uploads]\nmax_files = 7\n'
    )
    monkeypatch.setenv("MEDIAWORKS_PORT", "2")
    monkeypatch.setenv("MEDIAWORKS_HOST", "environment")
    found = settings.load(port=3)
    assert (found.port, found.host, found.log_level, found.uploads.max_files) == (3, "environment", "debug", 7)


def test_the_usual_names_are_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x/y")
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("STORAGE_LOCAL_BASE_PATH", "/srv/media")
    found = settings.load()
    assert (found.database.url, found.port, found.storage.url) == ("postgresql://x/y", 9000, "file:///srv/media")


def test_sizes_and_lists_are_written_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIAWORKS_UPLOADS_MAX_FILE_SIZE", "1.5 GiB")
    monkeypatch.setenv("MEDIAWORKS_UPLOADS_ALLOWED_TYPES", "image/jpeg, image/png")
    found = settings.load().uploads
    assert found.max_file_size == 3 << 29
    assert found.allowed_types == ("image/jpeg", "image/png")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MEDIAWORKS_PORT", "many"),
        ("MEDIAWORKS_PORT", "70000"),
        ("MEDIAWORKS_WORKERS", "0"),
        ("MEDIAWORKS_UPLOADS_MAX_FILE_SIZE", "big"),
        ("MEDIAWORKS_UPLOADS_ALLOWED_TYPES", "image/x-unknown"),
        ("MEDIAWORKS_MEDIA_THUMBNAILS", "9"),
        ("MEDIAWORKS_DELIVERY_LINK_SECONDS", "1"),
        ("MEDIAWORKS_DATABASE_URL", "mysql://x"),
        ("MEDIAWORKS_UPLOADS_MAX_FILESIZE", "1"),
        ("MEDIAWORKS_TYPO", "1"),
    ],
)
def test_an_error_names_the_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError, match=variable):
        settings.load()


def test_a_child_process_gets_the_very_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MEDIAWORKS_SETTINGS", "PROMETHEUS_MULTIPROC_DIR", "MALLOC_ARENA_MAX"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    mine = settings.load(port=5, with_worker=False)
    settings.hand_down(mine)
    assert settings.was_handed_down()
    assert settings.load() == mine


def test_every_setting_can_be_described() -> None:
    described = {variable: default for variable, _, default in settings.describe()}
    assert described["MEDIAWORKS_PORT"] == "8083"
    assert "MEDIAWORKS_UPLOADS_MAX_FILE_SIZE" in described


def test_the_bucket_of_the_systems_before_goes_before_their_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_LOCAL_BASE_PATH", "/srv/media")
    monkeypatch.setenv("S3_BUCKET", "photos")
    monkeypatch.setenv("S3_REGION", "eu-central-1")
    assert settings.load().storage.url == "file:///srv/media"
    monkeypatch.setenv("STORAGE_PROVIDER", "s3")
    assert settings.load().storage.url == "s3://photos?region=eu-central-1"
    monkeypatch.setenv("MEDIAWORKS_STORAGE_URL", "s3://other/prefix?region=us-east-2")
    assert settings.load().storage.url == "s3://other/prefix?region=us-east-2"


def test_a_region_of_the_environment_is_that_of_an_address_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert settings.storage_address("s3://b?path_style=true") == "s3://b?path_style=true&region=eu-north-1"
    assert settings.storage_address("/srv/media") == "file:///srv/media"
