"""Other pictures that a recipe lays over its own: stored ones by their id, and some that come along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations.base import Scene
from mediaworks.processing.image.operations.canvas import drawn

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

BUNDLED = "bundled:"
_DRAWINGS = {
    "copyright": '<circle cx="128" cy="128" r="112" fill="none" stroke="{ink}" stroke-width="{line}"/>'
    '<path d="M171 98a52 52 0 1 0 0 60" fill="none" stroke="{ink}" stroke-width="{line}" stroke-linecap="round"/>',
    "play": '<circle cx="128" cy="128" r="112" fill="black" fill-opacity="0.45" stroke="{ink}" stroke-width="{line}"/>'
    '<path d="M102 76l80 52-80 52z" fill="{ink}"/>',
}
_PASSES = (("black", 28), ("white", 18))  # a dark rim, so that it shows on light ground as well
_SIDE = 256

Media = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=100,
        description=f"the id of a picture, or one that comes along: {', '.join(BUNDLED + name for name in _DRAWINGS)}",
    ),
]


def asset(scene: Scene, name: str) -> Image:
    """The picture of that name. Raises InvalidRecipe when the recipe came without it."""
    if name.startswith(BUNDLED):
        return _bundled(name.removeprefix(BUNDLED))
    if name not in scene.assets:
        raise InvalidRecipe(f"media: there is no picture {name}", field="media")
    return scene.assets[name]


def _bundled(name: str) -> Image:
    if name not in _DRAWINGS:
        raise InvalidRecipe(
            f"media: what comes along is called {', '.join(BUNDLED + known for known in _DRAWINGS)}",
            field="media",
            allowed=[BUNDLED + known for known in _DRAWINGS],
        )
    shapes = "".join(_DRAWINGS[name].format(ink=ink, line=line) for ink, line in _PASSES)
    return drawn(f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIDE}" height="{_SIDE}">{shapes}</svg>')
