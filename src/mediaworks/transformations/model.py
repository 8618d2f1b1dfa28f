from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from mediaworks.media.model import Visibility
from mediaworks.processing import Kind
from mediaworks.transformations.recipe import AnyRecipe, read_recipe


class Mode(StrEnum):
    """How somebody wants what is made: `sync`: its bytes; `derive`: a media object of its own; `version`: the same object,
    changed; `async`: a job that makes one of the two."""

    SYNC = "sync"
    DERIVE = "derive"
    VERSION = "version"
    ASYNC = "async"


class Into(StrEnum):
    """What comes of it: a media object of the caller's, or a new version of the one it is made of."""

    OBJECT = "object"
    VERSION = "version"


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """What is written on a new object; without a `name` it has that of the one it was made of."""

    name: str | None = None
    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = {}


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made of a media object. `if_version`: only while it is at this version."""

    recipe: AnyRecipe
    into: Into = Into.OBJECT
    labels: Labels = Labels()
    if_version: int | None = None


class StoredOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a job carries it."""

    operations: list[dict[str, Any]]
    output: dict[str, Any]
    into: Into
    labels: Labels
    if_version: int | None
    kind: Kind = Kind.IMAGE

    @classmethod
    def of(cls, order: Order) -> StoredOrder:
        told = written(order.recipe)
        return cls(**told, into=order.into, labels=order.labels, if_version=order.if_version, kind=order.recipe.kind)

    def read(self) -> Order:
        """Raises InvalidRecipe for what an older version of the service took and this one does not."""
        recipe = read_recipe(self.operations, self.output, self.kind)
        return Order(recipe=recipe, into=self.into, labels=self.labels, if_version=self.if_version)


def written(recipe: AnyRecipe) -> dict[str, Any]:
    """The recipe as JSON, with every default that was in force."""
    told: dict[str, Any] = msgspec.to_builtins(recipe)
    return told
