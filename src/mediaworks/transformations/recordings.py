"""From a recording and a recipe to the files that an engine makes, with the rights of who asks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from mediaworks.accounts import Accounts, Caller
from mediaworks.accounts.allowances.model import Resource
from mediaworks.media import Media, MediaLibrary
from mediaworks.media.metering import recording_seconds
from mediaworks.processing import Engine, Kind, Progress, Recorded, Source
from mediaworks.storage import BlobStore
from mediaworks.transformations.others import named_by, require
from mediaworks.transformations.products import Product, Products
from mediaworks.transformations.recipe import AnyRecipe


class RecordingMaker:
    """For videos and for sound: what differs is the engine."""

    def __init__(self, store: BlobStore, accounts: Accounts, library: MediaLibrary, engine: Engine) -> None:
        self._store = store
        self._accounts = accounts
        self._library = library
        self._engine = engine

    async def check(self, caller: Caller, media: Media, recipe: AnyRecipe) -> None:
        require(media, recipe.kind)
        await named_by(self._library, caller, recipe)
        await self._accounts.allowances.require(caller.allowances, 0)

    @asynccontextmanager
    async def make(
        self,
        caller: Caller,
        media: Media,
        recipe: AnyRecipe,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> AsyncIterator[Products]:
        await self.check(caller, media, recipe)
        began = time.monotonic()
        async with AsyncExitStack() as files:
            source = await self._open(files, media)
            named = await named_by(self._library, caller, recipe)
            others = {name: await self._open(files, other) for name, other in named.items()}
            making = self._engine.make(
                source, recipe.operations, recipe.output, others=others, seconds=seconds, progress=progress
            )
            made = await files.enter_async_context(making)
            used = _used(media, made.files[0])
            await self._accounts.note_use(caller.user_id, caller.key_id, used)
            yield Products(tuple(map(_product, made.files)), made.warnings, time.monotonic() - began, made.told)

    async def _open(self, files: AsyncExitStack, media: Media) -> Source:
        descriptor = await files.enter_async_context(self._store.as_file(media.storage_key))
        return Source(descriptor=descriptor, mime=media.mime_type)


def _used(media: Media, made: Recorded) -> Mapping[Resource, float]:
    """Of a picture, which says of no length, that of what was made."""
    if media.kind is Kind.IMAGE:
        return recording_seconds(made.type.kind, made.facts.duration or 0.0)
    return recording_seconds(media.kind, media.duration or 0.0)


def _product(file: Recorded) -> Product:
    return Product(
        kind=file.type.kind,
        mime=file.type.mime,
        extension=file.type.extension,
        size_bytes=file.size_bytes,
        width=file.facts.width,
        height=file.facts.height,
        duration=file.facts.duration,
        fps=file.facts.fps,
        read=file.read,
    )
