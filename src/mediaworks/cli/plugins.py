"""`mediaworks plugins`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.cli.listing import show
from mediaworks.cli.output import AsJson

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COLUMNS = ("group", "name", "package", "object", "state")
GROUPS = ("mediaworks.sinks",)


def plugins(json: AsJson = False) -> None:
    """List what installed packages add to Mediaworks by entry points, and whether it can be loaded.

    Example: mediaworks plugins
    """
    from importlib.metadata import entry_points

    found = [point for group in GROUPS for point in sorted(entry_points(group=group))]
    items = [_item(point) for point in found]
    show({"items": items}, COLUMNS, json=json)


def _item(point: EntryPoint) -> dict[str, str]:
    package = f"{point.dist.name} {point.dist.version}" if point.dist else ""
    return {
        "group": point.group,
        "name": point.name,
        "package": package,
        "object": point.value,
        "state": _state(point),
    }


def _state(point: EntryPoint) -> str:
    try:
        point.load()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "ok"
