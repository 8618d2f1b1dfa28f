"""The other media objects that a recipe names, and what whoever asks may do with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from mediaworks.accounts import Caller
from mediaworks.errors import Forbidden, InvalidRecipe, NotFound, UnsupportedType
from mediaworks.media import Media, MediaLibrary, Status
from mediaworks.processing import BUNDLED, MOVING_PICTURES, Kind
from mediaworks.transformations.kinds import takes
from mediaworks.transformations.recipe import AnyRecipe

MOST = 12
PICTURES = frozenset({Kind.IMAGE})
Place = tuple[str, frozenset[Kind]]
"""Where a name first stands, and the kinds of file that may be meant there."""


async def named_by(library: MediaLibrary, caller: Caller, recipe: AnyRecipe) -> Mapping[str, Media]:
    """What operations name, by what they name it. Raises InvalidRecipe for too many, and for what the caller may not use:
    whoever may not look at it learns no more than that."""
    named = media_named_in(recipe)
    if len(named) > MOST:
        told = f"operations: {MOST} other files may be named"
        raise InvalidRecipe(told, field="operations", limit=MOST)
    return {name: await _usable(library, caller, name, place) for name, place in named.items()}


def media_named_in(recipe: AnyRecipe) -> dict[str, Place]:
    """What operations name other media objects by; not what comes along."""
    places: dict[str, Place] = {}
    for number, operation in enumerate(recipe.operations):
        place = f"operations[{number}].media", getattr(operation, "media_kinds", PICTURES)
        for name in _names(getattr(operation, "media", None)):
            places.setdefault(name, place)
    return places


def require(media: Media, kind: Kind) -> None:
    """Raises Forbidden for what is in quarantine, UnsupportedType for another kind."""
    if media.status is Status.QUARANTINED:
        raise Forbidden(f"The file is in quarantine: {media.quarantine}", code="quarantined")
    if not takes(kind, media):
        told = f"{media.mime_type} is no {kind}; only those can be transformed so"
        moving = sorted(MOVING_PICTURES) if kind is Kind.VIDEO else []
        raise UnsupportedType(told, allowed=[f"{kind}/*", *moving])


def _names(named: str | tuple[str, ...] | None) -> Iterator[str]:
    names = (named,) if isinstance(named, str) else named or ()
    yield from (name for name in names if not name.startswith(BUNDLED))


async def _usable(library: MediaLibrary, caller: Caller, name: str, place: Place) -> Media:
    where, kinds = place
    try:
        other = await library.get(caller, UUID(name))
    except (NotFound, ValueError):
        other = None
    if other is None or other.status is not Status.ACTIVE or other.kind not in kinds:
        wanted = " or ".join(sorted(kinds))
        raise InvalidRecipe(f"{where}: must be the id of an object ({wanted}) that you may look at", field=where)
    return other
