"""Routes for presets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, delete, get, post, put
from litestar.datastructures import State
from litestar.openapi.spec import Example
from litestar.params import Body
from litestar.params import QueryParameter as Query

from mediaworks.accounts import Caller
from mediaworks.processing import Kind
from mediaworks.transformations.presets.model import Name, Preset, Scope
from mediaworks.transformations.presets.service import Presets

Whose = Annotated[Scope, Query(name="scope", description="`installation`: everybody's, for administrators")]
CARD = {
    "name": "card",
    "operations": [{"type": "resize", "width": 640, "height": 360, "fit": "cover"}],
    "output": {"format": "webp", "quality": 75},
}


class Rooms(State):
    """What these routes work with."""

    presets: Presets


class PresetContent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A recipe, the kind of file that it is for, and what it is for."""

    kind: Literal["image", "video", "audio"] = "image"
    operations: list[dict[str, Any]] = []
    output: dict[str, Any] = {}
    description: str = ""


class NewPreset(PresetContent, forbid_unknown_fields=True, kw_only=True):
    """`name`: small letters, digits and hyphens. `scope`: `installation` for everybody, by administrators."""

    name: Name
    scope: Scope = Scope.OWN


class PresetView(msgspec.Struct):
    """`shadows`: whose presets of the same name are hidden by this one."""

    name: str
    scope: Scope
    kind: Kind
    description: str
    operations: list[dict[str, Any]]
    output: dict[str, Any]
    shadows: tuple[Scope, ...]
    created_at: datetime | None
    updated_at: datetime | None


class PresetsView(msgspec.Struct):
    items: list[PresetView]


@post("/", summary="Save a preset")
async def create_preset(
    caller: Caller, data: Annotated[NewPreset, Body(examples=[Example(value=CARD)])], state: Rooms
) -> PresetView:
    """A recipe under a name, for every route that takes one. It is checked now, and again when it is used."""
    return _view(await state.presets.create(caller, _preset(data.name, data.scope, data)))


@get("/", summary="List presets")
async def list_presets(caller: Caller, state: Rooms) -> PresetsView:
    """What each name means for you: your own preset, else the installation's, else the one that comes with the service."""
    return PresetsView([_view(preset) for preset in await state.presets.list(caller)])


@get("/{name:str}", summary="One preset")
async def get_preset(
    caller: Caller,
    name: str,
    state: Rooms,
    whose: Annotated[
        Scope | None, Query(name="scope", description="That one, even when another goes before it")
    ] = None,
) -> PresetView:
    return _view(await state.presets.find(caller, name, whose))


@put("/{name:str}", summary="Save or change a preset")
async def put_preset(
    caller: Caller, name: Name, data: PresetContent, state: Rooms, whose: Whose = Scope.OWN
) -> PresetView:
    """In place of the one with that name, if there is one."""
    return _view(await state.presets.put(caller, _preset(name, whose, data)))


@delete("/{name:str}", summary="Delete a preset")
async def delete_preset(caller: Caller, name: str, state: Rooms, whose: Whose = Scope.OWN) -> None:
    """What the name meant before you saved it, it means again."""
    await state.presets.delete(caller, name, whose)


def _preset(name: str, scope: Scope, content: PresetContent) -> Preset:
    recipe = {"operations": content.operations, "output": content.output}
    return Preset(name=name, scope=scope, kind=Kind(content.kind), description=content.description, recipe=recipe)


def _view(preset: Preset) -> PresetView:
    return PresetView(
        name=preset.name,
        scope=preset.scope,
        kind=preset.kind,
        description=preset.description,
        operations=preset.recipe["operations"],
        output=preset.recipe["output"],
        shadows=preset.shadows,
        created_at=preset.created_at,
        updated_at=preset.updated_at,
    )


router = Router(
    "/api/v1/presets",
    route_handlers=[create_preset, list_presets, get_preset, put_preset, delete_preset],
    tags=["process"],
)
