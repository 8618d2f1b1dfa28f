"""Recipes as callers write them: read, or refused with the place of what is wrong and what is allowed there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, overload

import msgspec

from mediaworks.errors import InvalidRecipe, UnsupportedType
from mediaworks.processing import (
    VOCABULARIES,
    AudioOperation,
    AudioOutput,
    Kind,
    Operation,
    Output,
    VideoOperation,
    VideoOutput,
)
from mediaworks.transformations.catalogue import MAX_OPERATIONS, allowed_in, catalogue
from mediaworks.transformations.kinds import recipe_kind

_PLACE = re.compile(r"(?:\[(?P<number>\d+)\])?\.(?P<parameter>\w+)")
_FIELD = re.compile(r"Object (?:contains unknown|missing required) field `([^`]*)`")


class Recipe(msgspec.Struct, frozen=True):
    """What is done to a picture, in this order, and how it is written."""

    kind: ClassVar[Kind] = Kind.IMAGE

    operations: tuple[Operation, ...]
    output: Output


class VideoRecipe(msgspec.Struct, frozen=True):
    """What is done to a video, in this order, and how it is written."""

    kind: ClassVar[Kind] = Kind.VIDEO

    operations: tuple[VideoOperation, ...]
    output: VideoOutput

    @property
    def answers_at_once(self) -> bool:
        """Whether a request may wait for it."""
        return self.output.answers_at_once


class AudioRecipe(msgspec.Struct, frozen=True):
    """What is done to sound, in this order, and how it is written."""

    kind: ClassVar[Kind] = Kind.AUDIO

    operations: tuple[AudioOperation, ...]
    output: AudioOutput


AnyRecipe = Recipe | VideoRecipe | AudioRecipe
RECIPES: Mapping[Kind, type[AnyRecipe]] = {one.kind: one for one in (Recipe, VideoRecipe, AudioRecipe)}


@overload
def read_recipe(operations: Sequence[Any], output: Mapping[str, Any] | None) -> Recipe: ...
@overload
def read_recipe(operations: Sequence[Any], output: Mapping[str, Any] | None, kind: Kind) -> AnyRecipe: ...
def read_recipe(operations: Sequence[Any], output: Mapping[str, Any] | None, kind: Kind = Kind.IMAGE) -> AnyRecipe:
    """The recipe for files of a kind that JSON describes. Raises InvalidRecipe, whose `field` is a place such as
    `operations[0].sigma`; UnsupportedType for a kind to which nothing can be done.

    A video that is to be written as sound has a recipe for sound, a picture that is to become a video one for videos.
    """
    if kind not in RECIPES:
        raise UnsupportedType(
            f"{kind}: only these can be transformed: {', '.join(RECIPES)}", allowed=[f"{one}/*" for one in RECIPES]
        )
    kind = recipe_kind(kind, (output or {}).get("format"))
    if len(operations) > MAX_OPERATIONS:
        raise InvalidRecipe(
            f"operations: {len(operations)} are too many; {MAX_OPERATIONS} are allowed",
            field="operations",
            limit=MAX_OPERATIONS,
        )
    return RECIPES[kind](_operations(operations, kind), _output(output or {}, kind))


def _operations(raw: Sequence[Any], kind: Kind) -> tuple[Any, ...]:
    try:
        return VOCABULARIES[kind].read_operations(list(raw))
    except msgspec.ValidationError as fault:
        raise _refusal(fault, "operations", raw, kind) from fault


def _output(raw: Mapping[str, Any], kind: Kind) -> Any:
    try:
        return VOCABULARIES[kind].read_output(dict(raw))
    except msgspec.ValidationError as fault:
        raise _refusal(fault, "output", raw, kind) from fault


def _refusal(fault: msgspec.ValidationError, root: str, raw: Any, kind: Kind) -> InvalidRecipe:
    """What msgspec says (`Expected … - at `$[0].sigma``) as one of our errors."""
    what, _, path = str(fault).partition(" - at `$")
    place = path.removesuffix("`")
    if named := _FIELD.match(what):
        place = f"{place}.{named[1]}"
    allowed = _allowed(root, place, raw, kind)
    told = f"{root}{place}: {what}" + (f"; allowed: {allowed}" if allowed else "")
    return InvalidRecipe(told, field=root + place, **({"allowed": allowed} if allowed else {}))


def _allowed(root: str, place: str, raw: Any, kind: Kind) -> str | None:
    """What may stand at a place such as `[0].sigma` of operations, or `.quality` of an output."""
    match = _PLACE.match(place)
    if match is None:
        return None
    if root == "output":
        return allowed_in(catalogue(kind).outputs, str(raw.get("format", "auto")), match["parameter"])
    step = raw[int(match["number"])]
    return allowed_in(catalogue(kind).operations, str(step.get("type")), match["parameter"])
