"""A real S3 server on loopback, for tests and benchmarks: OpenStack Swift in an environment of its own.

`make .venv-s3/.installed` builds that environment. The folder must lie on a file system with extended attributes
(ext4, xfs, btrfs, a tmpfs of Linux 6.6).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from mediaworks.kit.processes import die_with_parent
from mediaworks.testing import swift
from mediaworks.testing.service import free_port, wait_until

PYTHON = Path(__file__).parents[3] / ".venv-s3" / "bin" / "python"
SERVERS = (*swift.STORES, "proxy")
START_SECONDS = 60.0


@dataclass(slots=True)
class S3Server:
    """`start` it and `stop` it as often as a test likes; the port stays. It ends when the process that started it does."""

    folder: Path
    python: Path = PYTHON
    access_key: str = "test:tester"
    secret: str = "testing"
    region: str = swift.REGION
    port: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables in which clients find the credentials."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def url(self, bucket: str, prefix: str = "", **options: str) -> str:
        """The storage address of a bucket on this server."""
        given = {"endpoint": self.endpoint, "region": self.region, "path_style": "true"} | options
        return f"s3://{bucket}/{prefix}?" + "&".join(f"{name}={value}" for name, value in given.items())

    def new_url(self, prefix: str = "some/prefix", **options: str) -> str:
        """The storage address of a fresh bucket."""
        bucket = f"bucket-{uuid4().hex}"
        self.make_bucket(bucket)
        return self.url(bucket, prefix, **options)

    def make_bucket(self, bucket: str) -> None:
        self.request("PUT", f"/{bucket}").raise_for_status()

    def request(self, method: str, path: str) -> httpx.Response:
        """A signed request that knows nothing of the store under test; `path` may have a query."""
        request = AWSRequest(method, self.endpoint + path)
        S3SigV4Auth(Credentials(self.access_key, self.secret), "s3", self.region).add_auth(request)
        return httpx.request(
            method, request.url, headers=dict(request.headers), timeout=30, trust_env=False, verify=False
        )

    def signed(self, method: str, path: str, seconds: int = 600) -> str:
        """An address for one request without credentials."""
        request = AWSRequest(method, self.endpoint + path)
        S3SigV4QueryAuth(Credentials(self.access_key, self.secret), "s3", self.region, expires=seconds).add_auth(
            request
        )
        return str(request.url)

    def start(self) -> S3Server:
        """Return when it answers. Raises RuntimeError with the end of the logs when it does not."""
        if not self.python.exists():
            raise RuntimeError(f"{self.python} is missing: call `make .venv-s3/.installed`")
        self.port = self.port or free_port()
        self._run("configure", str(self.port), self.access_key, self.secret).wait()
        self.processes = [self._run("serve", name) for name in SERVERS]
        try:
            wait_until(self._is_ready, START_SECONDS)
        except (TimeoutError, ChildProcessError) as error:
            self.stop()
            raise RuntimeError(f"the S3 server did not start:\n{self._log.read_text()[-4000:]}") from error
        return self

    def stop(self) -> None:
        """End all of its processes. What it stored stays in the folder."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
        self.processes = []

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        action, *rest = arguments
        command = [str(self.python), "-I", swift.__file__, action, str(self.folder), *rest]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=die_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip

    def _is_ready(self) -> bool:
        if any(process.poll() is not None for process in self.processes):
            raise ChildProcessError
        try:
            return self.request("GET", "/").status_code == 200
        except httpx.TransportError:
            return False
