"""Faces as the service asks for them: a sandbox of their own, which starts with the first picture that is asked about."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from mediaworks.errors import MediaworksError, NotInstalled
from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.faces.model import Area, Face, FacesFound, FindFacesRequest, hiding
from mediaworks.processing.faces.need import hides_faces, needs_faces
from mediaworks.processing.model import Understanding
from mediaworks.processing.sandbox import Sandbox, Task

FIND = Task("find_faces", FindFacesRequest, FacesFound)
TASKS = "mediaworks.processing.faces.tasks"
NOTED = 50
HINT = "install Mediaworks with the extra `faces` (Python 3.11 or 3.12)"


@dataclass(frozen=True, slots=True)
class FacesInRecipe:
    """`areas` (x, y, width, height in pixels of the upright picture at its full size) for the steps of a recipe."""

    areas: tuple[Area, ...] = ()
    warnings: tuple[str, ...] = ()


class Faces:
    """One child, started when first needed. To be closed with the service."""

    def __init__(self, config: ProcessingConfig) -> None:
        self._config = config
        self._pool = Sandbox(replace(config, decoders=1), TASKS)
        self._pool.start_when_needed()

    @staticmethod
    def installed() -> bool:
        """Whether the extra is there. Looks for it only: nothing is loaded."""
        return importlib.util.find_spec("mediapipe") is not None

    async def find(self, descriptor: int, mime: str) -> tuple[Face, ...]:
        """The faces in the picture behind `descriptor`, the largest first.

        Raises NotInstalled without the extra, Unprocessable and TooManyPixels for the picture, Unavailable when too
        many wait or no child starts.
        """
        return (await self._found(descriptor, mime)).faces

    async def for_recipe(self, operations: Iterable[Any], descriptor: int, mime: str) -> FacesInRecipe:
        """What the steps of a recipe need to know, nothing when none of them is about faces.

        Without the extra a step that hides faces is refused (NotInstalled): nobody's face is shown because a package
        is missing. A step that only cuts by them goes by attention instead, and a warning says so.
        """
        steps = list(operations)
        if not needs_faces(steps):
            return FacesInRecipe()
        if not self.installed() and not hides_faces(steps):
            return FacesInRecipe(warnings=(f"gravity face: cut by attention instead; {HINT}",))
        found = await self._found(descriptor, mime)
        if not found.faces:
            return FacesInRecipe(warnings=("no face was found in the picture",))
        return FacesInRecipe(tuple(hiding(face, found.width, found.height) for face in found.faces))

    async def noted(self, found: Understanding, descriptor: int, mime: str) -> Understanding:
        """`found` with the `faces` of the picture among its details (at most NOTED, the largest first); without the extra as
        it is, and with a warning where the search fails: nobody loses a picture for that."""
        if not self.installed():
            return found
        try:
            faces = await self.find(descriptor, mime)
        except MediaworksError as failure:
            return msgspec.structs.replace(found, warnings=(*found.warnings, f"faces: {failure.detail}"))
        details = {**found.details, "faces": [msgspec.to_builtins(face) for face in faces[:NOTED]]}
        return msgspec.structs.replace(found, details=details)

    async def close(self) -> None:
        await self._pool.close()

    async def _found(self, descriptor: int, mime: str) -> FacesFound:
        if not self.installed():
            raise NotInstalled(f"Faces cannot be found here: {HINT}", code="faces_not_installed", extra="faces")
        return await self._pool.run(FIND, descriptor, FindFacesRequest(mime, self._config.max_pixels))
