"""`mediaworks plugins`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.cli.listing import show
from mediaworks.cli.output import AsJson, errors, plain

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COLUMNS = ("group", "name", "package", "object", "state")
OPERATIONS = "mediaworks.image_ops"
GROUPS = ("mediaworks.sinks", "mediaworks.storage", OPERATIONS)


def plugins(json: AsJson = False) -> None:
    """List what installed packages add to Mediaworks by entry points, and whether it can be loaded.

    Example: mediaworks plugins
    """
    from importlib.metadata import entry_points

    found = [point for group in GROUPS for point in sorted(entry_points(group=group))]
    items = [_item(point) for point in found]
    show({"items": items}, COLUMNS, json=json)


def warn_of_broken_operations() -> None:
    """Name on standard error what is installed and cannot be used; the service does without."""
    from mediaworks.processing import INSTALLED_OPERATIONS

    for point, reason in INSTALLED_OPERATIONS.broken.items():
        told = f"the operation {plain(point.name)} of {plain(_package(point))} is left out: {plain(reason)}"
        errors().print(f"[yellow]warning[/] {told}", soft_wrap=True)


def _item(point: EntryPoint) -> dict[str, str]:
    return {
        "group": point.group,
        "name": point.name,
        "package": _package(point),
        "object": point.value,
        "state": _state(point),
    }


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else ""


def _state(point: EntryPoint) -> str:
    if point.group == OPERATIONS:
        from mediaworks.processing import INSTALLED_OPERATIONS

        return INSTALLED_OPERATIONS.broken.get(point, "ok")
    try:
        point.load()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "ok"
