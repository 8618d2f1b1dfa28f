"""Resumable uploads beside a model of bytes."""

from mediaworks.testing.upload_model.machine import ResumableUploads, compare

__all__ = ["ResumableUploads", "compare"]
