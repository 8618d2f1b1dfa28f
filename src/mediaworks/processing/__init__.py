"""Understanding and transforming files; native code that reads them runs only in the sandbox."""

from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.model import (
    Facts,
    ProbeRequest,
    Thumbnail,
    ThumbnailSize,
    Understanding,
    UnderstandRequest,
)
from mediaworks.processing.sandbox import Sandbox, Task
from mediaworks.processing.sniff import HEAD_BYTES, sniff
from mediaworks.processing.types import TYPES, FileType, Kind

PROBE = Task("probe", ProbeRequest, Facts)
UNDERSTAND = Task("understand", UnderstandRequest, Understanding)

__all__ = [
    "HEAD_BYTES",
    "PROBE",
    "TYPES",
    "UNDERSTAND",
    "Facts",
    "FileType",
    "Kind",
    "ProbeRequest",
    "ProcessingConfig",
    "Sandbox",
    "Task",
    "Thumbnail",
    "ThumbnailSize",
    "UnderstandRequest",
    "Understanding",
    "sniff",
]
