"""Routes that tell what a recipe may hold."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter as Query

from mediaworks.processing import Kind
from mediaworks.transformations.catalogue import Catalogue, catalogue, filters

Of = Annotated[
    Literal["image", "video", "audio"], Query(name="kind", description="The kind of file that is transformed")
]


class FiltersView(msgspec.Struct):
    items: tuple[str, ...]


@get("/operations", summary="Every operation and output", security=[], sync_to_thread=False)
def list_operations(kind: Of = "image") -> Catalogue:
    """For one kind of file, with parameters, limits, defaults and an example of each; `schema` is the JSON schema of a whole recipe."""
    return catalogue(Kind(kind))


@get("/filters", summary="The names of the filters", security=[], sync_to_thread=False)
def list_filters(kind: Of = "image") -> FiltersView:
    """For `{"type": "filter", "name": …, "strength": …}`."""
    return FiltersView(filters(Kind(kind)))


router = Router("/api/v1/process", route_handlers=[list_operations, list_filters], tags=["process"])
