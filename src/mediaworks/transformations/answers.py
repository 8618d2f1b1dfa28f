"""What was just made, as an answer."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from litestar import Response
from litestar.types import ASGIApp, Receive, Scope, Send

from mediaworks.kit.headers import SAFETY, content_disposition
from mediaworks.transformations.products import Product, Products


class MadeResponse(Response[bytes]):
    """Streams the file and lets go of it; `held` is what keeps it there until then."""

    def __init__(self, made: Products, held: AsyncExitStack, *, name: str) -> None:
        super().__init__(b"", headers=_headers(made, name))
        self._product = made.items[0]
        self._held = held

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        return self._send

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in self.headers.items()]
            start: Any = {"type": "http.response.start", "status": 200, "headers": raw}
            await send(start)
            async for piece in self._product.read():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def warned(warnings: tuple[str, ...]) -> dict[str, str]:
    """A header that has them, in one line of ASCII."""
    text = "; ".join(warnings).encode("ascii", "replace").decode()
    return {"x-warning": "".join(c for c in text if c.isprintable())} if text else {}


def _headers(made: Products, name: str) -> dict[str, str]:
    product = made.items[0]
    return {
        **SAFETY,
        **warned(made.warnings),
        "content-type": product.mime,
        "content-length": str(product.size_bytes),
        "content-disposition": content_disposition(name, inline=True),
        "cache-control": "no-store",
        "server-timing": f"render;dur={1000 * made.seconds:.0f}",
        **_result(product),
    }


def _result(product: Product) -> dict[str, str]:
    """What is known of it."""
    facts = {"width": product.width, "height": product.height, "duration": product.duration}
    return {f"x-result-{name}": str(value) for name, value in facts.items() if value is not None}
