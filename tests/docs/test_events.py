"""The page about events and the catalogue say the same."""

from __future__ import annotations

from pathlib import Path

from mediaworks.events.catalogue import CATALOGUE, Meaning

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def test_every_type_of_event_is_in_the_table_with_its_fields() -> None:
    head = "| type | version | what happened | data | shared |\n|---|---|---|---|---|\n"
    table = head + "".join(_row(name, meaning) for name, meaning in CATALOGUE.items())
    assert table in PAGE.read_text()


def _row(name: str, meaning: Meaning) -> str:
    fields = [f"`{field}`" for field in meaning.fields] + [f"`{field}`?" for field in meaning.optional]
    shared = "yes" if meaning.shared else ""
    return f"| `{name}` | {meaning.version} | {meaning.text} | {', '.join(fields)} | {shared} |\n"
