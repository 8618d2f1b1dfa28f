"""Presets: recipes that callers name, beside those that administrators and the service itself bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile
from uuid import UUID

import msgspec

from mediaworks.accounts import Caller
from mediaworks.accounts import Scope as KeyScope
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, Forbidden, Invalid, NotFound
from mediaworks.transformations.presets import queries
from mediaworks.transformations.presets.bundled import BUNDLED
from mediaworks.transformations.presets.config import PresetsConfig
from mediaworks.transformations.presets.model import Preset, Scope

DESCRIPTION_LENGTH = 500


class Presets:
    def __init__(self, database: Database, config: PresetsConfig) -> None:
        self._database = database
        self._config = config

    async def list(self, caller: Caller) -> tuple[Preset, ...]:
        """What each name means for the caller, by name."""
        caller.require(KeyScope.MEDIA_READ)
        async with self._database.reading() as connection:
            found = await queries.presets_for(connection, caller.user_id)
        return tuple(sorted(_first_of_each([*found, *BUNDLED.values()]), key=lambda preset: preset.name))

    async def find(self, caller: Caller, name: str, scope: Scope | None = None) -> Preset:
        """What `name` means for the caller: their own preset, else the installation's, else the one that comes with the
        service; with `scope` just that one. Raises NotFound."""
        caller.require(KeyScope.MEDIA_READ)
        async with self._database.reading() as connection:
            return await _look(connection, caller, name, scope)

    async def create(self, caller: Caller, preset: Preset) -> Preset:
        """Raises InvalidRecipe, Conflict when the name is taken or there are too many, and Forbidden for one that is for
        everybody unless an administrator makes it."""
        owner = _owner(caller, preset.scope)
        _check(preset)
        async with self._database.transaction() as connection:
            await self._insert(connection, owner, preset)
            return await _look(connection, caller, preset.name, preset.scope)

    async def put(self, caller: Caller, preset: Preset) -> Preset:
        """Make the preset, or change the one of that name. Raises as `create`, but for the name."""
        owner = _owner(caller, preset.scope)
        _check(preset)
        async with self._database.transaction() as connection:
            if not await queries.update_preset(connection, owner, preset):
                await self._insert(connection, owner, preset)
            return await _look(connection, caller, preset.name, preset.scope)

    async def delete(self, caller: Caller, name: str, scope: Scope) -> None:
        """What the name meant before means it again. Raises NotFound, and Forbidden as `create`."""
        owner = _owner(caller, scope)
        async with self._database.transaction() as connection:
            if not await queries.delete_preset(connection, owner, name):
                raise _missing(name)

    async def _insert(self, connection: Connection, owner: UUID | None, preset: Preset) -> None:
        limit = self._config.per_user
        if not await queries.has_room(connection, owner, limit):
            raise Conflict(f"There may be {limit} presets: delete one first", code="too_many_presets", limit=limit)
        await queries.insert_preset(connection, owner, preset)


async def _look(connection: Connection, caller: Caller, name: str, scope: Scope | None) -> Preset:
    """What the name means, or would mean if nothing went before that of `scope`. Raises NotFound."""
    bundled = [BUNDLED[name]] if name in BUNDLED else []
    known = [*await queries.presets_for(connection, caller.user_id, name), *bundled]
    wanted = list(dropwhile(lambda preset: scope not in {None, preset.scope}, known))
    if not wanted:
        raise _missing(name)
    return _before(wanted)


def _owner(caller: Caller, scope: Scope) -> UUID | None:
    """Whose row it is. Raises Forbidden."""
    if scope is Scope.BUNDLED:
        told = "A preset that comes with the service stays as it is; one of your own with its name goes before it"
        raise Forbidden(told, code="bundled_preset", field="scope")
    if scope is Scope.INSTALLATION:
        caller.require_admin()
        return None
    caller.require(KeyScope.MEDIA_WRITE)
    return caller.user_id


def _check(preset: Preset) -> None:
    """Raises InvalidRecipe, Invalid."""
    preset.read()
    if len(preset.description) > DESCRIPTION_LENGTH:
        told = f"description: may have {DESCRIPTION_LENGTH} characters"
        raise Invalid(told, field="description", limit=DESCRIPTION_LENGTH)


def _first_of_each(presets: Iterable[Preset]) -> Iterator[Preset]:
    by_name: dict[str, list[Preset]] = {}
    for preset in presets:
        by_name.setdefault(preset.name, []).append(preset)
    return map(_before, by_name.values())


def _before(presets: Sequence[Preset]) -> Preset:
    """The first of some with the same name, which says whose it goes before."""
    return msgspec.structs.replace(presets[0], shadows=tuple(other.scope for other in presets[1:]))


def _missing(name: str) -> NotFound:
    return NotFound(f"There is no preset named {name!r}", field="preset")
