"""Blobs on a local disk, durable before they are acknowledged (docs/durability.md)."""

from mediaworks.storage.local.store import LocalStore

__all__ = ["LocalStore"]
