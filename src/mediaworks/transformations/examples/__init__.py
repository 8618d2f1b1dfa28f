"""A good use of each operation and output, for the catalogue and its pages; the suite runs every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mediaworks.processing import Kind
from mediaworks.transformations.examples import images, sounds, videos
from mediaworks.transformations.examples.images import PICTURE
from mediaworks.transformations.examples.sounds import SOUND
from mediaworks.transformations.examples.videos import VIDEO

EXAMPLES: Mapping[Kind, Mapping[str, Mapping[str, Any]]] = {
    Kind.IMAGE: images.EXAMPLES,
    Kind.AUDIO: sounds.EXAMPLES,
    Kind.VIDEO: videos.EXAMPLES,
}
"""By kind of file, then by the name of the operation or output."""

__all__ = ["EXAMPLES", "PICTURE", "SOUND", "VIDEO"]
