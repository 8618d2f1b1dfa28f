"""Is it alive, and can it work?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get
from litestar.datastructures import State

from mediaworks import __version__
from mediaworks.app import App
from mediaworks.errors import MediaworksError
from mediaworks.jobs import worker_is_alive


@get("/health/live", summary="The process answers", security=[], tags=["operate"])
async def live() -> dict[str, str]:
    return {"status": "ok", "version": __version__}


@get(
    ["/health", "/health/ready"],
    summary="Database, storage and worker are there",
    security=[],
    tags=["operate"],
)
async def ready(state: State) -> Response[dict[str, Any]]:
    """503 while one of them is missing. A service started with `--no-worker` does not wait for one."""
    app: App = state.app
    checks = {
        "database": await _outcome(app.database.check),
        "storage": await _outcome(app.store.check),
        "worker": await _worker(app),
    }
    needed = {name for name in checks if name != "worker" or app.settings.with_worker}
    fine = all(checks[name] == "ok" for name in needed)
    body = {"status": "ok" if fine else "unavailable", "version": __version__, "checks": checks}
    return Response(body, status_code=200 if fine else 503)


async def _worker(app: App) -> str:
    try:
        async with app.database.reading() as connection:
            alive = await worker_is_alive(connection, app.settings.jobs.stalled_after)
    except MediaworksError:
        return "unknown: the database cannot be reached"
    return "ok" if alive else "none"


async def _outcome(check: Callable[[], Awaitable[None]]) -> str:
    try:
        await check()
    except MediaworksError as error:
        return error.detail
    return "ok"
