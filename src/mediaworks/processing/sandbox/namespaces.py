"""The first wall: no network and nobody's rights (user_namespaces(7), network_namespaces(7))."""

from __future__ import annotations

from mediaworks.processing.sandbox.libc import libc, succeeded

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def leave_the_network() -> None:
    """Move into empty user, network and IPC namespaces. Needs a process of one thread; raises OSError if forbidden."""
    succeeded(libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC))
