"""Operations that other packages bring, by entry points in the group `mediaworks.image_ops`, each named as its `type`."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Union

import msgspec

from mediaworks.processing.image.operations.base import Operation

GROUP = "mediaworks.image_ops"

Types = Sequence[type[Operation]]


@dataclass(frozen=True, slots=True)
class Installed:
    """What can be used; `broken` says of the others why they are left out."""

    operations: tuple[type[Operation], ...]
    broken: Mapping[EntryPoint, str]


def find(own: Types) -> Installed:
    """All that is installed, by name, beside our `own`. Whatever a package does when it is loaded, nothing is raised."""
    found: list[type[Operation]] = []
    broken: dict[EntryPoint, str] = {}
    for point in sorted(entry_points(group=GROUP)):
        try:
            found.append(_checked(point, (*own, *found)))
        except (Exception, SystemExit) as error:
            broken[point] = f"{type(error).__name__}: {error}"
    return Installed(tuple(found), broken)


def environment() -> dict[str, str]:
    """What a child must find set to load the same packages as this process, which may have more folders to look in."""
    usual = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    places = {str(point.dist.locate_file("")) for point in entry_points(group=GROUP) if point.dist}
    folders = sorted(os.path.abspath(place) for place in places - usual)  # noqa: PTH100 - keeps what is a link
    return {"PYTHONPATH": os.pathsep.join(folders)} if folders else {}


def _checked(point: EntryPoint, others: Types) -> type[Operation]:
    """Raises whatever is wrong with it."""
    operation: Any = point.load()
    if not (isinstance(operation, type) and issubclass(operation, Operation)):
        raise TypeError(f"{point.value} is no subclass of Operation")
    config = operation.__struct_config__
    if config.tag != point.name or config.tag_field != Operation.__struct_config__.tag_field:
        raise ValueError(f"its type is {config.tag!r}, which the entry point must be named as")
    if config.tag in {other.__struct_config__.tag for other in others}:
        raise ValueError(f"there is an operation {point.name} already")
    if "description" not in msgspec.json.schema(operation)["$defs"][operation.__name__]:
        raise ValueError("it has no docstring, which is its description")
    example: dict[str, Any] = {str(config.tag_field): config.tag, **operation.example}
    msgspec.convert(example, operation)
    msgspec.json.Decoder(Union[(*others, operation)])
    return operation
