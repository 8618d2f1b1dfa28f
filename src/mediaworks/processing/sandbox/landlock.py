"""The second wall: no file can be opened by its name (landlock(7)); what was handed over as a descriptor still works."""

from __future__ import annotations

import ctypes
import os
import stat

from mediaworks.processing.sandbox.libc import libc, succeeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Place = str | os.PathLike[str]

_CREATE_RULESET = 444  # the same number on every architecture
_ADD_RULE = 445
_RESTRICT_SELF = 446
_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_REMOVE_FILE, _MAKE_FILE = 1 << 5, 1 << 8
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}  # by ABI; from 5 on also IOCTL_DEV
_FILE_RIGHTS_LATEST = (1 << 16) - 1
_TCP_RIGHTS = 0b11
_SCOPES = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("place", ctypes.c_int32))


def version() -> int:
    """The ABI that this kernel speaks. Raises OSError without Landlock."""
    return succeeded(libc.syscall(_CREATE_RULESET, None, 0, _VERSION))


def close_the_file_system(
    readable: Iterable[Place] = (),
    *,
    executable: Iterable[Place] = (),
    files: Iterable[int] = (),
    writable: Iterable[int] = (),
    own: Iterable[Place] = (),
) -> None:
    """Forbid this thread and its children every path, TCP, and signals to outside.

    What lies at or below `readable` may be read, at or below `executable` run as well; the open `files` may be opened again
    for reading, the open `writable` for writing as well; in folders that are `own`, files may come and go. What of these is not
    there is passed over. Raises OSError without
    Landlock.
    """
    abi = version()
    rules = _Ruleset(
        fs=_FILE_RIGHTS.get(abi, _FILE_RIGHTS[3] if abi < 5 else _FILE_RIGHTS_LATEST),
        net=_TCP_RIGHTS if abi >= 4 else 0,
        scoped=_SCOPES if abi >= 6 else 0,
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = succeeded(libc.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0))
    try:
        for path in readable:
            _allow_path(ruleset, path, _READ_FILE)
        for path in executable:
            _allow_path(ruleset, path, _READ_FILE | _EXECUTE)
        for path in own:
            _allow_path(ruleset, path, (_READ_FILE | _WRITE_FILE | _TRUNCATE | _MAKE_FILE | _REMOVE_FILE) & rules.fs)
        for file in files:
            _allow(ruleset, file, _READ_FILE)
        for file in writable:
            _allow(ruleset, file, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & rules.fs)
        succeeded(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow_path(ruleset: int, path: Place, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        _allow(ruleset, opened, rights | (_READ_FOLDER if stat.S_ISDIR(os.fstat(opened).st_mode) else 0))
    finally:
        os.close(opened)


def _allow(ruleset: int, place: int, rights: int) -> None:
    rule = _Beneath(allowed=rights, place=place)
    succeeded(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
