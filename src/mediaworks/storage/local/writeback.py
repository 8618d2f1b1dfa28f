"""Have the kernel begin to write a file's dirty pages to the disk, so that the fsync at the end finds little to do.

`sync_file_range(SYNC_FILE_RANGE_WRITE)` (Linux) starts it without waiting and without forcing the file system's journal
as fdatasync would. It promises nothing: the fsync at the end does.
"""

from __future__ import annotations

import ctypes
import os
import sys

_SYNC_FILE_RANGE_WRITE = 2

if sys.platform == "linux":
    _sync_file_range = ctypes.CDLL(None, use_errno=True).sync_file_range
    _sync_file_range.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)

    def start_writeback(descriptor: int) -> None:
        """Begin to write what is dirty in the file; pages that are clean already cost nothing."""
        _sync_file_range(descriptor, 0, 0, _SYNC_FILE_RANGE_WRITE)

else:

    def start_writeback(descriptor: int) -> None:
        """Where the kernel takes no such hint, write the file's data out."""
        os.fsync(descriptor)
