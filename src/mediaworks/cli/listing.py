"""Short lists, of keys, users, shares: all of it as JSON, or some columns as a table."""

from __future__ import annotations

from typing import Any

from mediaworks.cli.client import connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import print_json, print_table, wants_json
from mediaworks.cli.pages import collect
from mediaworks.kit.quantities import readable_size


def list_all(service: ServiceOptions, path: str, columns: tuple[str, ...], *, json: bool) -> None:
    """Every page of the list under `path`."""
    with connected(service) as client:
        found, _ = collect(client, path, {}, None)
    show({"items": found}, columns, json=json)


def show(found: dict[str, Any], columns: tuple[str, ...], *, json: bool) -> None:
    """`found` is the service's answer; the name of a column says what it holds (`…_bytes`, `…_at`)."""
    if wants_json(json):
        print_json(found)
        return
    rows = ([_cell(name, item[name]) for name in columns] for item in found["items"])
    print_table(columns, rows, whole={"id", "prefix"})


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("_bytes"):
        return readable_size(value)
    if name.endswith("_at"):
        return str(value)[:16].replace("T", " ")
    return ", ".join(value) if isinstance(value, list) else str(value)
