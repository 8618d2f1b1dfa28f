from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediaworks.cli.sources import find_sources
from mediaworks.errors import SetupError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "deep/c.txt", ".hidden", ".git/config", "deep/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def names(*arguments: object, recursive: bool = True) -> list[str]:
    return [source.name for source in find_sources(map(str, arguments), stdin_name="piped", recursive=recursive)]


def test_a_folder_is_all_in_it_but_hidden_files(folder: Path) -> None:
    assert names(folder) == ["a.txt", "b.txt", "c.txt"]


def test_a_folder_can_be_taken_without_its_folders(folder: Path) -> None:
    assert names(folder, recursive=False) == ["a.txt", "b.txt"]


def test_a_hidden_file_that_is_named_is_meant(folder: Path) -> None:
    assert names(folder / ".hidden") == [".hidden"]


def test_a_pattern_finds_files_and_folders(folder: Path) -> None:
    assert names(folder / "[ad]*") == ["a.txt", "c.txt"]
    assert names(folder / "**" / "*.txt") == ["a.txt", "b.txt", "c.txt"]


def test_a_name_that_looks_like_a_pattern_is_a_name_first(folder: Path) -> None:
    (folder / "[a].txt").touch()
    assert names(folder / "[a].txt") == ["[a].txt"]


def test_folders_that_lead_in_a_circle_end(folder: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    assert names(folder) == ["a.txt", "b.txt", "c.txt"]


def test_a_name_that_is_no_text_is_made_readable(folder: Path) -> None:
    (folder / "deep" / os.fsdecode(b"z\xff\n.txt")).touch()
    assert names(folder / "deep") == ["c.txt", "z\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}.txt"]


def test_a_dash_is_standard_input() -> None:
    assert names("-") == ["piped"]


def test_an_empty_folder_is_nothing_to_upload(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="nothing to upload"):
        names(tmp_path)


def test_a_pattern_without_a_match_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"\*\.jpg: there is no such file"):
        names(tmp_path / "*.jpg")
