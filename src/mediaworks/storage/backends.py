"""The table of backends: one line for each scheme of a storage address; packages bring more by entry points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from mediaworks.errors import SetupError
from mediaworks.kit.plugins import brought
from mediaworks.storage.config import StorageConfig
from mediaworks.storage.local import LocalStore
from mediaworks.storage.port import BlobStore

GROUP = "mediaworks.storage"


def _s3(url: SplitResult) -> BlobStore:
    try:
        from mediaworks.storage.s3 import S3Store
    except ImportError as missing:
        raise SetupError(f"s3:// needs the extra `s3`: pip install 'mediaworks[s3]' ({missing})") from missing
    return S3Store.from_url(url)


BACKENDS: Mapping[str, Callable[[SplitResult], BlobStore]] = {
    "file": LocalStore.from_url,
    "s3": _s3,
}


def open_store(config: StorageConfig) -> BlobStore:
    """The store that `config.url` names. Raises SetupError for an unknown scheme or an address that cannot be used."""
    url = urlsplit(config.url)
    backend = BACKENDS.get(url.scheme) or brought(GROUP, url.scheme, setting="MEDIAWORKS_STORAGE_URL", own=BACKENDS)
    try:
        store: BlobStore = backend(url)
    except ValueError as error:
        raise SetupError(f"MEDIAWORKS_STORAGE_URL: the address of {url.scheme}:// is none: {error}") from error
    return store
