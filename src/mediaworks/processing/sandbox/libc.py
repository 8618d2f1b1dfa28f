"""Calls of the C library that Python does not offer."""

from __future__ import annotations

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


def succeeded(outcome: int) -> int:
    """`outcome` of a call, or OSError with what went wrong."""
    if outcome < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return outcome


def prctl(option: int, value: int) -> None:
    succeeded(libc.prctl(option, value, 0, 0, 0))
