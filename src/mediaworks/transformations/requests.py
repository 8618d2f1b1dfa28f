"""What callers send to have their media transformed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from mediaworks.accounts import Caller
from mediaworks.errors import InvalidRecipe
from mediaworks.media.labels import check_metadata, check_tags
from mediaworks.media.model import Visibility
from mediaworks.processing import Kind
from mediaworks.transformations.model import Into, Labels, Mode, Order
from mediaworks.transformations.presets.service import Presets
from mediaworks.transformations.recipe import AnyRecipe, read_recipe
from mediaworks.transformations.selection import Selection


class RecipeRequest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`operations` in their order and how the result is written, or the name of a preset. `into`: an object of yours, on
    which name, tags, visibility and metadata are written, or a `version` of the one that it is made of."""

    operations: list[Any] | None = None
    output: dict[str, Any] | None = None
    preset: str | None = None
    into: Into = Into.OBJECT
    name: str | None = None
    tags: list[str] = []
    visibility: Visibility = Visibility.PRIVATE
    metadata: dict[str, Any] = {}


class ProcessRequest(RecipeRequest, forbid_unknown_fields=True, kw_only=True):
    """`mode`: `sync` answers with the bytes, `derive` with the new media object, `version` with the object as it is then,
    `async` with the job that makes it. Derive and version answer with a job, too, when it is much work."""

    mode: Mode = Mode.ASYNC


class BatchRequest(RecipeRequest, forbid_unknown_fields=True, kw_only=True):
    """The same for up to 1,000 files of one `kind`: `ids`, or all that `query` means now."""

    kind: Literal["image", "video", "audio"] = "image"
    ids: list[Annotated[str, msgspec.Meta(max_length=100)]] | None = None
    query: Selection | None = None


async def recipe_of(data: RecipeRequest, caller: Caller, presets: Presets, kind: Kind) -> AnyRecipe:
    """For files of that kind. Raises InvalidRecipe also for a preset of another kind, and NotFound for one that there is
    not."""
    given = data.operations is not None or data.output is not None
    if given == (data.preset is not None):
        told = "preset: goes without operations and output" if given else "operations: say what to do, or name a preset"
        raise InvalidRecipe(told, field="preset" if given else "operations")
    if data.preset is None:
        return read_recipe(data.operations or [], data.output, kind)
    saved = await presets.find(caller, data.preset)
    if saved.kind != kind:
        raise InvalidRecipe(f"preset: {saved.name} is for files of the kind {saved.kind}", field="preset")
    return saved.read()


async def order_of(
    data: RecipeRequest,
    caller: Caller,
    presets: Presets,
    *,
    kind: Kind,
    into: Into = Into.OBJECT,
    if_version: int | None = None,
) -> Order:
    """Raises what `recipe_of` raises, and Invalid for labels that cannot be."""
    labels = Labels(
        name=data.name,
        tags=check_tags(data.tags),
        visibility=data.visibility,
        metadata=check_metadata(data.metadata),
    )
    if into is Into.VERSION and labels != Labels():
        told = "into: a version keeps what is written on its object; change that by PATCH"
        raise InvalidRecipe(told, field="into")
    return Order(recipe=await recipe_of(data, caller, presets, kind), into=into, labels=labels, if_version=if_version)
