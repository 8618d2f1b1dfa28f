"""Recipes of one kind for files of another: sound of a video, a video of a picture that moves."""

from __future__ import annotations

from collections.abc import Mapping

from mediaworks.media import Media
from mediaworks.processing import MOVING_PICTURES, VOCABULARIES, Kind

MADE_OF: Mapping[Kind, Kind] = {Kind.AUDIO: Kind.VIDEO, Kind.VIDEO: Kind.IMAGE}
"""The other kind of file for each kind of recipe that there is one for."""


def other_formats(kind: Kind) -> Mapping[str, Kind]:
    """What files of a kind can be written as beyond its own outputs, each with the kind of recipe that it takes."""
    own = VOCABULARIES[kind].formats
    others = (one for one, source in MADE_OF.items() if source is kind)
    return {name: other for other in others for name in sorted(VOCABULARIES[other].formats - own)}


def recipe_kind(kind: Kind, wanted: str | None) -> Kind:
    """Of the recipe that makes the `wanted` format of a file of this kind."""
    return other_formats(kind).get(wanted or "", kind) if kind in VOCABULARIES else kind


def takes(kind: Kind, media: Media) -> bool:
    """Whether a recipe of this kind can be made of the object."""
    if media.kind is Kind.IMAGE and kind is Kind.VIDEO:
        return media.mime_type in MOVING_PICTURES
    return media.kind in {kind, MADE_OF.get(kind)}
