"""From a media object and a recipe to a rendered picture, with the rights of who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from mediaworks.accounts import Accounts, Caller
from mediaworks.media import Media, MediaLibrary
from mediaworks.media.metering import megapixel_seconds
from mediaworks.processing import (
    Faces,
    Kind,
    ProcessingConfig,
    Progress,
    Renderer,
    Rendition,
    Results,
    Source,
)
from mediaworks.storage import BlobStore
from mediaworks.transformations.others import named_by, require
from mediaworks.transformations.products import Product, Products
from mediaworks.transformations.recipe import Recipe
from mediaworks.transformations.sources import source_for
from mediaworks.transformations.work import refuse_too_large


class Transformer:
    """The maker of pictures: a `Maker` that tells no progress."""

    def __init__(
        self,
        store: BlobStore,
        accounts: Accounts,
        library: MediaLibrary,
        renderer: Renderer,
        faces: Faces,
        limits: ProcessingConfig,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._library = library
        self._renderer = renderer
        self._faces = faces
        self._max_pixels = limits.max_output_pixels

    async def check(self, caller: Caller, media: Media, recipe: Recipe) -> None:
        await self._admitted(caller, media, recipe)

    @asynccontextmanager
    async def make(
        self,
        caller: Caller,
        media: Media,
        recipe: Recipe,
        *,
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> AsyncIterator[Products]:
        """Raises also what `Renderer.render` and `Faces.for_recipe` raise."""
        async with self.render(caller, media, recipe, [Rendition(recipe.output)], seconds=seconds) as (
            results,
            warnings,
        ):
            yield Products((_picture(results),), warnings, results.rendering.seconds)

    @asynccontextmanager
    async def render(
        self,
        caller: Caller,
        media: Media,
        recipe: Recipe,
        renditions: Sequence[Rendition],
        *,
        seconds: float | None = None,
    ) -> AsyncIterator[tuple[Results, tuple[str, ...]]]:
        """As `make`, several of one decode, with warnings: the recipe's operations are done once, for its output stand those
        of the renditions."""
        others = await self._admitted(caller, media, recipe)
        async with AsyncExitStack() as files:
            chosen = source_for(media, recipe.operations, renditions)
            descriptor = await self._open(files, chosen.storage_key)
            source = Source(descriptor=descriptor, mime=chosen.mime_type, size=chosen.size)
            assets = {name: await self._open(files, other.storage_key) for name, other in others.items()}
            faces = await self._faces.for_recipe(recipe.operations, source.descriptor, source.mime)
            rendering = self._renderer.render(
                source,
                chosen.renditions,
                operations=recipe.operations,
                assets=assets,
                faces=faces.areas,
                deadline=seconds,
            )
            results = await files.enter_async_context(rendering)
            used = megapixel_seconds(media.width, media.height, results.rendering.seconds)
            await self._accounts.note_use(caller.user_id, caller.key_id, used)
            yield results, faces.warnings + results.rendering.warnings

    async def _admitted(self, caller: Caller, media: Media, recipe: Recipe) -> Mapping[str, Media]:
        """The other media objects that the recipe names. Raises what can be known before any file is read."""
        require(media, Kind.IMAGE)
        refuse_too_large(media, recipe, self._max_pixels)
        await self._accounts.allowances.require(caller.allowances, 0)
        return await named_by(self._library, caller, recipe)

    async def _open(self, files: AsyncExitStack, storage_key: str) -> int:
        return await files.enter_async_context(self._store.as_file(storage_key))


def _picture(results: Results) -> Product:
    (rendered,) = results.rendering.renditions
    return Product(
        kind=Kind.IMAGE,
        mime=rendered.mime,
        extension=rendered.extension,
        size_bytes=rendered.size_bytes,
        width=rendered.width,
        height=rendered.height,
        read=partial(results.read, rendered),
    )
