"""One file at a time, through the sandbox of all tests of pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pyvips

from mediaworks.processing import Rendered


@dataclass(frozen=True, slots=True)
class File:
    """What was written: the facts that were told, the bytes, and the warnings of the rendering."""

    told: Rendered
    data: bytes
    warnings: tuple[str, ...]

    @property
    def image(self) -> Any:
        """As libvips reads it again, all frames."""
        frames = {"n": -1} if self.told.mime in {"image/gif", "image/webp"} else {}
        return pyvips.Image.new_from_buffer(self.data, "", **frames)

    @property
    def fields(self) -> set[str]:
        return set(self.image.get_fields())


Write = Callable[..., File]


@pytest.fixture(scope="session")
def write(render: Callable[..., Any]) -> Write:
    """`write(content, mime, output, *operations)`."""

    def run(content: bytes, mime: str, output: dict[str, Any] | None = None, *operations: dict[str, Any]) -> File:
        made = render(content, mime, operations, output={"format": "auto", **(output or {})})
        return File(made.first, made.files[0], made.rendering.warnings)

    return run
