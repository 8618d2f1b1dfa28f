"""The third wall: system calls that no decoder needs are refused (seccomp(2)), on x86-64 and on 64-bit ARM."""

from __future__ import annotations

import ctypes
import os
import struct

from mediaworks.processing.sandbox.libc import libc, succeeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_MODE_FILTER, _FLAG_TSYNC = 1, 1
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_LOAD, _JEQ, _JSET, _JGE, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x10000
_X32_BIT = 0x40000000

_REFUSED: dict[str, tuple[int | None, int | None]] = {  # name: (x86-64, 64-bit ARM); None where the architecture has no such call
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "fork": (57, None), "vfork": (58, None), "execve": (59, 221),
    "execveat": (322, 281), "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "bpf": (321, 280), "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "open_by_handle_at": (304, 265), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "fsopen": (430, 430), "fsmount": (432, 432),
    "move_mount": (429, 429), "open_tree": (428, 428), "personality": (135, 92), "quotactl": (179, 60),
    "swapon": (167, 224), "reboot": (169, 142), "syslog": (103, 116), "acct": (163, 89), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "sethostname": (170, 161), "setdomainname": (171, 162), "ioperm": (173, None),
    "iopl": (172, None), "setuid": (105, 146), "setgid": (106, 144), "setpriority": (141, 140),
    "io_uring_register": (427, 427), "fsconfig": (431, 431), "fspick": (433, 433), "mount_setattr": (442, 442),
    "quotactl_fd": (443, 443), "fanotify_init": (300, 262), "name_to_handle_at": (303, 264), "swapoff": (168, 225),
    "kexec_file_load": (320, 294), "adjtimex": (159, 171), "clock_adjtime": (305, 266), "vhangup": (153, 58),
    "modify_ldt": (154, None),
    # files without a name, whose memory no limit counts
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    # attributes and owners of files, which Landlock leaves alone
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466),
    # other processes of the same user
    "sched_setaffinity": (203, 122), "sched_setparam": (142, 118), "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274), "ioprio_set": (251, 30), "kcmp": (312, 272), "move_pages": (279, 239),
    "migrate_pages": (256, 238), "process_madvise": (440, 440), "process_mrelease": (448, 448),
}  # fmt: skip
_CLONE, _CLONE3, _TGKILL, _PRLIMIT = (56, 220), (435, 435), (234, 131), (302, 261)
_FIRST_UNKNOWN = 467  # calls younger than Linux 6.13 do not exist here


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_system_calls(but: Collection[str] = ()) -> None:
    """Install the filter for all threads; `but` names refused calls that are allowed here. Raises OSError where it cannot be; a foreign call convention kills."""
    machine = os.uname().machine
    if machine not in _AUDIT_ARCH:
        raise OSError(_ENOSYS, f"no system call table for {machine}")
    code = _filter(machine, but)
    program = _Program(len(code) // 8, code)
    succeeded(libc.syscall(_SECCOMP[machine], _MODE_FILTER, _FLAG_TSYNC, ctypes.byref(program)))


def _filter(machine: str, but: Collection[str]) -> bytes:
    column = 0 if machine == "x86_64" else 1
    refused = sorted(
        number for name, numbers in _REFUSED.items() if name not in but and (number := numbers[column]) is not None
    )
    eperm, enosys = _ERRNO | _EPERM, _ERRNO | _ENOSYS
    lines = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JEQ, _AUDIT_ARCH[machine], 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        _instruction(_JGE, _X32_BIT, 0, 1),
        _instruction(_RETURN, _KILL),
        _instruction(_JGE, _FIRST_UNKNOWN, 0, 1),
        _instruction(_RETURN, enosys),
    ]
    for number in refused:
        lines += [_instruction(_JEQ, number, 0, 1), _instruction(_RETURN, eperm)]
    lines += [_instruction(_JEQ, _CLONE3[column], 0, 1), _instruction(_RETURN, enosys)]
    lines += [  # clone makes threads only, tgkill and prlimit64 reach this process only
        _instruction(_JEQ, _CLONE[column], 0, 4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_JSET, _CLONE_THREAD, 1, 0),
        _instruction(_RETURN, eperm),
        _instruction(_RETURN, _ALLOW),
        _instruction(_JEQ, _PRLIMIT[column], 0, 4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_JEQ, 0, 1, 0),
        _instruction(_RETURN, eperm),
        _instruction(_RETURN, _ALLOW),
        _instruction(_JEQ, _TGKILL[column], 0, 3),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_JEQ, os.getpid(), 1, 0),
        _instruction(_RETURN, eperm),
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
