from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from mediaworks.processing import Kind
from mediaworks.transformations.recipe import AnyRecipe, read_recipe

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class Scope(StrEnum):
    """Whose a preset is: the caller's; everybody's, made by an administrator; everybody's, as it comes with the service.
    Where several have the same name, the one that stands first here is meant."""

    OWN = "own"
    INSTALLATION = "installation"
    BUNDLED = "bundled"


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe with a name, as it was saved. `shadows`: whose presets of the same name it goes before; the times are None
    for one that comes with the service."""

    name: str
    scope: Scope
    kind: Kind
    description: str
    recipe: dict[str, Any]
    created_at: datetime | None = None
    updated_at: datetime | None = None
    shadows: tuple[Scope, ...] = ()

    def read(self) -> AnyRecipe:
        """Raises InvalidRecipe for what an older version of the service took and this one does not."""
        return read_recipe(self.recipe["operations"], self.recipe["output"], self.kind)
