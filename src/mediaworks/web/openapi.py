"""The OpenAPI document and the pages under /docs; nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from mediaworks import __version__
from mediaworks.errors import MediaworksError

STATIC = Path(__file__).parent / "static"


@lru_cache(1024)
def operation_id(method: str, template: str) -> str:
    """`getApiV1MediaMediaId`: unique, because method and path are. `template`: `/api/v1/media/{media_id:uuid}`."""
    words = re.split(r"[^0-9A-Za-z]+", re.sub(r":\w+}", "}", template))
    return method.lower() + "".join(word.title() for word in words)


def _operation_id(handler: HTTPRouteHandler, method: Method, path: list[str | PathParameterDefinition]) -> str:
    return operation_id(
        method, "/".join(part.name if isinstance(part, PathParameterDefinition) else part for part in path)
    )


OPENAPI = OpenAPIConfig(
    title="Mediaworks",
    version=__version__,
    description="Take media in, keep it safely, understand it and give it back. Errors are problem+json (RFC 9457).",
    path="/openapi",
    operation_id_creator=_operation_id,
    render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    components=Components(
        security_schemes={
            "key": SecurityScheme(type="apiKey", name="X-API-Key", security_scheme_in="header"),
            "bearer": SecurityScheme(type="http", scheme="bearer"),
        }
    ),
    security=[{"key": []}, {"bearer": []}],
)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mediaworks API</title>
<link rel="stylesheet" href="/docs/static/swagger-ui/swagger-ui.css">
<link rel="icon" href="/docs/static/swagger-ui/favicon-32x32.png"></head>
<body><div id="ui"></div>
<script src="/docs/static/swagger-ui/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "/openapi/openapi.json", dom_id: "#ui", persistAuthorization: true})</script>
</body></html>"""


@get("/docs", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def docs() -> str:
    return _PAGE


@get("/docs/errors", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def errors() -> Response[str]:
    """Where the `type` of every problem leads: what each code means."""
    rows = "".join(
        f'<tr id="{kind.code}"><td><code>{kind.code}</code><td>{kind.status}<td>{kind.title}'
        for kind in sorted(_kinds(MediaworksError), key=lambda kind: (kind.status, kind.code))
    )
    return Response(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors</title><h1>Errors</h1>'
        f"<table><tr><th>code<th>status<th>meaning{rows}</table></html>"
    )


def _kinds(kind: type[MediaworksError]) -> set[type[MediaworksError]]:
    return {kind}.union(*(_kinds(child) for child in kind.__subclasses__()))


DOCS = (docs, errors, create_static_files_router("/docs/static", [STATIC], include_in_schema=False))
