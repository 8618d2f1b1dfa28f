"""Where the bytes are: a small port and its backends."""

from mediaworks.storage.backends import open_store
from mediaworks.storage.config import StorageConfig
from mediaworks.storage.port import (
    BlobStore,
    BlobWriter,
    Draft,
    Part,
    Presigner,
    StoredBlob,
    Unfinished,
    Written,
)

__all__ = [
    "BlobStore",
    "BlobWriter",
    "Draft",
    "Part",
    "Presigner",
    "StorageConfig",
    "StoredBlob",
    "Unfinished",
    "Written",
    "open_store",
]
