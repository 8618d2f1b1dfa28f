"""Where the bytes are: a small port and its backends."""

from mediaworks.storage.backends import open_store
from mediaworks.storage.config import StorageConfig
from mediaworks.storage.port import BlobStore, BlobWriter, StoredBlob, Written

__all__ = ["BlobStore", "BlobWriter", "StorageConfig", "StoredBlob", "Written", "open_store"]
