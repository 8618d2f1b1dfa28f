"""The second wall: no file can be opened by its name (landlock(7)); what was handed over as a descriptor still works."""

from __future__ import annotations

import ctypes
import os

from mediaworks.processing.sandbox.libc import libc, succeeded

_CREATE_RULESET = 444  # the same number on every architecture
_RESTRICT_SELF = 446
_VERSION = 1
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}  # by ABI; from 5 on also IOCTL_DEV
_FILE_RIGHTS_LATEST = (1 << 16) - 1
_TCP_RIGHTS = 0b11
_SCOPES = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def close_the_file_system() -> None:
    """Forbid this thread and its children every path, TCP, and signals to outside. Raises OSError without Landlock."""
    abi = succeeded(libc.syscall(_CREATE_RULESET, None, 0, _VERSION))
    rules = _Ruleset(
        fs=_FILE_RIGHTS.get(abi, _FILE_RIGHTS[3] if abi < 5 else _FILE_RIGHTS_LATEST),
        net=_TCP_RIGHTS if abi >= 4 else 0,
        scoped=_SCOPES if abi >= 6 else 0,
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = succeeded(libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0))
    try:
        succeeded(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
