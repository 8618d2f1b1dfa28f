"""What the documentation says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mediaworks import errors, settings
from mediaworks.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_setting_is_in_the_table_with_its_default() -> None:
    table = (ROOT / "docs" / "settings.md").read_text()
    rows = "".join(f"| `{variable}` | {kind} | {default} |\n" for variable, kind, default in settings.describe())
    assert table.endswith(rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_path_of_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (page.parent / target).exists(), target
    for path in re.findall(r"`((?:tests|src|benchmarks|docs)/[\w/.-]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_index_leads_to_every_page() -> None:
    docs = ROOT / "docs"
    linked = set(re.findall(r"\]\(([\w-]+\.md)", (docs / "README.md").read_text()))
    assert {page.name for page in docs.glob("*.md")} - {"README.md"} == linked


def test_every_command_that_the_readme_shows_is_there() -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name or "" for group in app.registered_groups}
    shown = set(re.findall(r"mediaworks ([a-z][a-z-]+)", (ROOT / "README.md").read_text()))
    assert shown - {"serve"} <= known


def test_every_error_stands_in_the_tree_that_is_drawn() -> None:
    drawn = errors.__doc__ or ""
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MediaworksError)
    ]
    for kind in kinds:
        assert re.search(rf"\b{kind.__name__}\b", drawn), kind
        assert kind.status == 500 or re.search(rf"{kind.__name__}\s+{kind.status}\b", drawn), kind
