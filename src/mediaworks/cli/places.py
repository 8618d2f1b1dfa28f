"""Where an installation keeps things and where it answers, as `doctor` finds them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mediaworks.cli.examination import Finding
from mediaworks.errors import SetupError, Unavailable
from mediaworks.kit.quantities import readable_size

if TYPE_CHECKING:
    from mediaworks.settings import Settings

LITTLE_SPACE = 1 << 30
SOCKET_PATH_BYTES = 107


def database(settings: Settings) -> Finding:
    """The database that is configured, or the embedded one if it runs; none is started."""
    from mediaworks.db.embedded import address_if_running
    from mediaworks.db.migrate import revision_of

    try:
        url = settings.database.url or address_if_running(settings.data_dir / "postgres")
        if url is None:
            return Finding("database", "ok", "embedded; it is started by `mediaworks serve`")
        version, revision = revision_of(url)
    except (SetupError, OSError, ImportError) as error:
        return Finding("database", "missing", str(error))
    return Finding("database", "ok", f"PostgreSQL {version}, revision {revision or 'none yet'}")


def fingerprints(settings: Settings) -> Iterator[Finding]:
    """How near pictures are found in the database, if it answers."""
    from mediaworks.db.embedded import address_if_running
    from mediaworks.db.migrate import vectors_of

    with suppress(SetupError, OSError, ImportError):
        url = settings.database.url or address_if_running(settings.data_dir / "postgres")
        if url is not None:
            version, indexed = vectors_of(url)
            detail = f"{version or 'none'}; similar pictures are found by {'its index' if indexed else 'comparing all'}"
            yield Finding("pgvector", "ok" if indexed else "warning", detail)


def data_folder(folder: Path) -> Iterator[Finding]:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    writable = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    yield Finding("data folder", "ok" if writable else "missing", f"{folder}{'' if writable else ' cannot be written'}")
    free = shutil.disk_usage(existing).free
    yield Finding("free space", "ok" if free > LITTLE_SPACE else "warning", readable_size(free))
    yield _socket_folder(folder)


def segments(settings: Settings) -> Finding:
    """How full the cache of segments on this machine is, and whether others share it."""
    from mediaworks.streaming.cache import SegmentCache

    config = settings.streaming
    size = SegmentCache(settings.segments_dir, config.cache_bytes).size()
    shared = f"; up to {readable_size(config.shared_bytes)} are shared in the storage" if config.shared_bytes else ""
    return Finding("segment cache", "ok", f"{readable_size(size)} of {readable_size(config.cache_bytes)}{shared}")


def _socket_folder(folder: Path) -> Finding:
    """PostgreSQL's socket lies in the data folder unless the path is too long for one (107 bytes on Linux)."""
    length = len(os.fsencode(folder / "postgres" / ".s.PGSQL.5432"))
    if sys.platform == "linux" and length > SOCKET_PATH_BYTES:
        detail = "the path is too long: other users of this machine can reach PostgreSQL"
        return Finding("database socket", "warning", detail)
    return Finding("database socket", "ok", "inside the data folder")


def tokens(settings: Settings) -> Iterator[Finding]:
    """Whether the published keys can be had that tokens are verified with; nothing where no tokens are taken."""
    import asyncio

    from mediaworks.accounts.tokens.jwks import Jwks
    from mediaworks.kit.egress import Egress

    url = settings.tokens.jwks_url
    if not url:
        return
    try:
        count = asyncio.run(Jwks(Egress(settings.egress), url).fetch())
    except Unavailable as away:
        yield Finding("token keys", "missing", f"{url}: {away.detail}")
        return
    plain = url.startswith("http://")
    detail = f"{url}: {count} keys{', but over plain http: whoever is on the way can forge tokens' if plain else ''}"
    yield Finding("token keys", "warning" if plain else "ok", detail)


def service(address: str) -> Finding:
    """Whether a service answers at `address` and finds itself ready; `doctor` does not need one."""
    import httpx

    try:
        answer = httpx.get(f"{address.rstrip('/')}/health/ready", timeout=5, trust_env=False)
        checks = answer.json()["checks"].items()
    except (httpx.TransportError, httpx.InvalidURL):
        return Finding("service", "warning", f"nothing answers at {address}")
    except (ValueError, TypeError, LookupError, AttributeError):
        return Finding("service", "warning", f"what answers at {address} is not Mediaworks")
    told = ", ".join(f"{name}: {state}" for name, state in checks)
    return Finding("service", "ok" if answer.is_success else "warning", f"{address} answers ({told})")
