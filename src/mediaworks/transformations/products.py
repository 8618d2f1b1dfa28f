"""What makers hand over: files that can be read for as long as they are held."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from mediaworks.accounts import Caller
from mediaworks.media import Media
from mediaworks.processing import Kind, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A file that was made of a media object; pixels, seconds, bytes."""

    kind: Kind
    mime: str
    extension: str
    size_bytes: int
    width: int | None
    height: int | None
    read: Callable[[], AsyncIterator[bytes]]
    duration: float | None = None
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Products:
    """At least one; `seconds` it took to make them, `warnings` for whoever asked, and what there is to be `told` of how they
    were made, as JSON."""

    items: tuple[Product, ...]
    warnings: tuple[str, ...]
    seconds: float
    told: Mapping[str, Any] = field(default_factory=dict)


class Maker(Protocol):
    """Makes what recipes of one kind say, with the rights of who asks."""

    async def check(self, caller: Caller, media: Media, recipe: Any) -> None:
        """Raise what `make` would raise before it reads any file; RateLimited when an allowance is used up."""

    def make(
        self,
        caller: Caller,
        media: Media,
        recipe: Any,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> AbstractAsyncContextManager[Products]:
        """What the recipe makes of the object, to be read until the block ends; counted to the caller's allowances.

        Raises UnsupportedType for another kind of file, Forbidden for what is in quarantine, InvalidRecipe whose `field` is
        the place in the recipe, RateLimited, Unprocessable, TimedOut.
        """
        ...
