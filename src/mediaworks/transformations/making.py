"""From a recipe to media objects or a version: made, durable, and then one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from mediaworks.accounts import Caller, Scope
from mediaworks.db import Connection, Database
from mediaworks.errors import Conflict, InvalidRecipe, MediaworksError
from mediaworks.kit.clock import now
from mediaworks.kit.ids import new_id
from mediaworks.media import Access, Media, MediaLibrary, NewMedia
from mediaworks.media.contents import Content, Contents
from mediaworks.media.labels import clean_name, retyped
from mediaworks.media.versions.model import NewVersion
from mediaworks.media.versions.service import Versions
from mediaworks.processing import Kind, Progress
from mediaworks.transformations.model import Into, Order, written
from mediaworks.transformations.products import Maker, Product

TRIES = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A file that is durable and nobody's yet, and the id of the object that it is for."""

    media_id: UUID
    content: Content
    product: Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made, at least one file, and what it was made of; `notes`: how that came about."""

    order: Order
    source: Media
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it, and what whoever asked should know; `others`: the objects beside the first one;
    `notes`: how it came about."""

    media: Media
    source_id: UUID
    warnings: tuple[str, ...]
    others: tuple[Media, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, Any]:
        """As jobs tell of it; `media_ids` where there are several."""
        told: dict[str, Any] = {
            "media_id": str(self.media.id),
            "source_id": str(self.source_id),
            "version": self.media.version,
        }
        if self.others:
            told["media_ids"] = [str(media.id) for media in (self.media, *self.others)]
        return {**self.notes, **told} | ({"warnings": list(self.warnings)} if self.warnings else {})


Told = Callable[[Connection, Kept], Awaitable[None]]


class Making:
    def __init__(
        self,
        database: Database,
        library: MediaLibrary,
        versions: Versions,
        contents: Contents,
        makers: Mapping[Kind, Maker],
    ) -> None:
        self._database = database
        self._library = library
        self._versions = versions
        self._contents = contents
        self._makers = makers

    async def source(self, caller: Caller, media_id: UUID, into: Into) -> Media:
        """What is to be transformed. Raises NotFound, and Forbidden for a version of what the caller may not edit."""
        caller.require(Scope.MEDIA_WRITE)
        return await self._library.get(caller, media_id, needed=Access.EDIT if into is Into.VERSION else Access.VIEW)

    async def check(self, caller: Caller, media_id: UUID, order: Order) -> Media:
        """What is to be transformed. Raises what can be known before: NotFound, Forbidden, UnsupportedType, InvalidRecipe,
        RateLimited."""
        media = await self.source(caller, media_id, order.into)
        await self._makers[order.recipe.kind].check(caller, media, order.recipe)
        return media

    async def do(
        self,
        caller: Caller,
        media_id: UUID,
        order: Order,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
        told: Told | None = None,
    ) -> Kept:
        """Make what was ordered; `told` is called in the transaction that makes it so.

        A version is made anew, a few times, when the object becomes another meanwhile. Raises what `make` and `own_in`
        raise.
        """
        for _ in range(TRIES - 1):
            try:
                return await self._do_once(caller, media_id, order, seconds=seconds, progress=progress, told=told)
            except Conflict as changed:
                if changed.code != "content_changed":
                    raise
        return await self._do_once(caller, media_id, order, seconds=seconds, progress=progress, told=told)

    async def _do_once(
        self,
        caller: Caller,
        media_id: UUID,
        order: Order,
        *,
        seconds: float | None,
        progress: Progress | None,
        told: Told | None,
    ) -> Kept:
        made = await self.make(caller, media_id, order, seconds=seconds, progress=progress)
        try:
            async with self._database.transaction() as connection:
                kept = await self.own_in(connection, caller, made)
                if told is not None:
                    await told(connection, kept)
        except MediaworksError as refusal:
            if refusal.status < 500:  # else nobody knows whether it was committed
                for part in made.parts:
                    await self._contents.drop(part.content)
            raise
        return kept

    async def make(
        self,
        caller: Caller,
        media_id: UUID,
        order: Order,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> Made:
        """Make the files and make them durable. Raises NotFound, Forbidden, what `Maker.make` raises, StorageFull, and
        InvalidRecipe for a version that would be several files or another kind of file."""
        source = await self.source(caller, media_id, order.into)
        maker = self._makers[order.recipe.kind]
        async with maker.make(caller, source, order.recipe, seconds=seconds, progress=progress) as products:
            if order.into is Into.VERSION:
                _refuse_what_is_no_version(source, products.items)
            first = source.id if order.into is Into.VERSION else new_id()
            ids = (first, *(new_id() for _ in products.items[1:]))
            parts = [await self._part(*pair) for pair in zip(ids, products.items, strict=True)]
        return Made(order=order, source=source, parts=tuple(parts), warnings=products.warnings, notes=products.told)

    async def _part(self, media_id: UUID, product: Product) -> Part:
        return Part(media_id, await self._contents.keep(media_id, product.read()), product)

    async def own_in(self, connection: Connection, caller: Caller, made: Made) -> Kept:
        """The media objects that the files become, or whose version it is, in the caller's transaction.

        Raises QuotaExceeded, Duplicate as the settings say, PreconditionFailed, Conflict, Unavailable.
        """
        first, *others = [await self._owned(connection, caller, made, part) for part in made.parts]
        return Kept(first, made.source.id, made.warnings, tuple(others), made.notes)

    async def _owned(self, connection: Connection, caller: Caller, made: Made, part: Part) -> Media:
        if made.order.into is Into.VERSION:
            wanted = made.order.if_version
            return await self._versions.add_in(
                connection, caller, part.media_id, _version(made, part), if_version=wanted
            )
        await part.content.claim(connection)
        new = _object(caller, made, part)
        return await self._library.add(connection, new, quota=caller.policy.quota_bytes, key_id=caller.key_id)


def _refuse_what_is_no_version(source: Media, products: tuple[Product, ...]) -> None:
    if len(products) > 1:
        raise InvalidRecipe("output: makes several files; a version is one", field="output")
    if products[0].kind is not source.kind:
        told = f"output.format: makes no {source.kind}; a version is one as well"
        raise InvalidRecipe(told, field="output.format")


def _version(made: Made, part: Part) -> NewVersion:
    return NewVersion(
        content=part.content,
        mime_type=part.product.mime,
        extension=part.product.extension,
        width=part.product.width,
        height=part.product.height,
        recipe=written(made.order.recipe),
        made_from=made.source.storage_key,
    )


def _object(caller: Caller, made: Made, part: Part) -> NewMedia:
    labels, product, days = made.order.labels, part.product, caller.policy.retention_days
    return NewMedia(
        id=part.media_id,
        user_id=caller.user_id,
        kind=product.kind,
        original_name=_name(made, product),
        mime_type=product.mime,
        extension=product.extension,
        size_bytes=part.content.written.size,
        sha256=part.content.written.sha256,
        storage_key=part.content.storage_key,
        width=product.width,
        height=product.height,
        duration=product.duration,
        fps=product.fps,
        visibility=labels.visibility,
        tags=labels.tags,
        metadata=labels.metadata,
        expires_at=None if days is None else now() + timedelta(days=days),
        parent_id=made.source.id,
        recipe=written(made.order.recipe),
    )


def _name(made: Made, product: Product) -> str:
    if made.order.labels.name is not None:
        return clean_name(made.order.labels.name)
    source = made.source
    same_type = product.mime == source.mime_type
    return source.original_name if same_type else retyped(source.original_name, product.extension)
