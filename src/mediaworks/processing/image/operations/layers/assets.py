from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.errors import Invalid
from mediaworks.processing.image.operations.base import Scene

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image


def asset(scene: Scene, name: str) -> Image:
    """The picture of that name. Raises Invalid when the recipe came without it."""
    if name not in scene.assets:
        raise Invalid(f"media: there is no picture {name}", field="media")
    return scene.assets[name]
