from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageConfig:
    """Where blobs are kept. Without a url: the folder `blobs` of the data folder."""

    url: str = ""
