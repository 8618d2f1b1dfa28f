"""OpenStack Swift with its S3 interface, set up in one folder. Runs in Swift's own environment and imports nothing of ours.

    python swift.py configure FOLDER PORT ACCESS_KEY SECRET      write settings and rings for four servers on loopback
    python swift.py serve FOLDER account|container|object|proxy  become one of them

Rings name ports, and ports are found anew at each start: `configure` goes before every `serve`.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import socket
import sys
from pathlib import Path

STORES = ("account", "container", "object")
FILTERS = (
    "catch_errors", "gatekeeper", "healthcheck", "listing_formats", "s3api", "tempauth", "copy", "bulk", "slo", "dlo",
    "symlink",
)  # fmt: skip
REGION = "us-east-1"
MOST_PARTS = 10_000


def configure(folder: Path, port: int, access_key: str, secret: str) -> None:
    etc = folder / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    (folder / "devices" / "disk").mkdir(parents=True, exist_ok=True)
    (etc / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n"
        "[storage-policy:0]\nname = only\ndefault = yes\n"
    )
    for name, own_port in zip(STORES, _free_ports(len(STORES), besides=port), strict=True):
        _write_ring(etc / f"{name}.ring.gz", own_port)
        pipeline = f"[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
        (etc / f"{name}.conf").write_text(_common(folder, own_port) + pipeline)
    (etc / "proxy.conf").write_text(_common(folder, port) + _proxy(access_key, secret))


def serve(folder: Path, name: str) -> None:
    """Become the server `name`, with a swift.conf that does not lie in /etc."""
    base = importlib.import_module("swift.common.utils.base")
    utils = importlib.import_module("swift.common.utils")
    base.SWIFT_CONF_FILE = utils.SWIFT_CONF_FILE = str(folder / "etc" / "swift.conf")  # type: ignore[attr-defined]
    sys.argv = [f"swift-{name}-server", str(folder / "etc" / f"{name}.conf"), "-v"]
    module = "swift.obj.server" if name == "object" else f"swift.{name}.server"
    importlib.import_module(module).main()


def _proxy(access_key: str, secret: str) -> str:
    account, user = access_key.split(":")
    options = {
        "tempauth": f"user_{account}_{user} = {secret} .admin\n",
        "s3api": f"location = {REGION}\ns3_acl = false\ncheck_bucket_owner = false\nmax_upload_part_num = {MOST_PARTS}\n"
        "cors_preflight_allow_origin = *\n",
        "slo": f"max_manifest_segments = {MOST_PARTS}\n",
    }
    return (
        f"[pipeline:main]\npipeline = {' '.join(FILTERS)} proxy-server\n"
        "[app:proxy-server]\nuse = egg:swift#proxy\nallow_account_management = true\naccount_autocreate = true\n"
        "cors_allow_origin = *\n"
        + "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n{options.get(name, '')}" for name in FILTERS)
    )


def _common(folder: Path, port: int) -> str:
    return (
        f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nworkers = 0\nuser = {getpass.getuser()}\n"
        f"swift_dir = {folder / 'etc'}\ndevices = {folder / 'devices'}\nmount_check = false\nfallocate_reserve = 0\n"
    )


def _write_ring(path: Path, port: int) -> None:
    builder = importlib.import_module("swift.common.ring").RingBuilder(4, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "port": port, "device": "disk"})
    builder.rebalance()
    builder.get_ring().save(str(path))


def _free_ports(count: int, *, besides: int) -> list[int]:
    """Different ones: Swift shares a port with whoever has it already, and both would get each other's requests."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count + 1)]
        probes[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for probe, wanted in zip(probes, (besides, *[0] * count), strict=True):
            probe.bind(("127.0.0.1", wanted))
        return [int(probe.getsockname()[1]) for probe in probes[1:]]


if __name__ == "__main__":
    action, where, *rest = sys.argv[1:]
    if action == "configure":
        configure(Path(where), int(rest[0]), rest[1], rest[2])
    else:
        serve(Path(where), rest[0])
