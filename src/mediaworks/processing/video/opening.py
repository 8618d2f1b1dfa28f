"""Opening a recording: from a descriptor, with the demuxer that its content calls for, and no other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import av

from mediaworks.errors import Unprocessable
from mediaworks.processing.video.bounds import MOST_STREAMS
from mediaworks.processing.video.decoders import ALLOWED

OPTIONS = {
    "max_streams": str(MOST_STREAMS),
    "protocol_whitelist": "",
    "codec_whitelist": ALLOWED,
    "enable_drefs": "0",
    "use_absolute_path": "0",
}

av.logging.set_level(None)


@contextmanager
def opened(descriptor: int, demuxer: str, **options: str) -> Iterator[av.container.InputContainer]:
    """The container until the block ends. Raises Unprocessable for a file that the demuxer cannot read."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    file = os.fdopen(os.dup(descriptor), "rb")
    try:
        with (
            file,
            av.open(
                file,
                "r",
                format=demuxer,
                options=OPTIONS | {"format_whitelist": demuxer} | options,
                metadata_errors="replace",
            ) as container,
        ):
            yield container
    except (av.FFmpegError, IndexError, StopIteration) as error:
        reason = getattr(error, "strerror", None) or "it holds nothing that can be decoded"
        raise Unprocessable(f"The recording cannot be read: {reason}") from error
