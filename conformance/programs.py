"""Programs that are not written in Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from conformance.world import Skipped

HERE = Path(__file__).parent
LIMIT_SECONDS = 180


def require(*names: str) -> None:
    """Raise Skipped unless every program is there."""
    for name in names:
        if not shutil.which(name):
            raise Skipped(f"{name} is not installed")


def require_node_modules() -> None:
    require("node", "npm")
    if not (HERE / "node_modules" / "tus-js-client").exists():
        raise Skipped("the packages are not installed: npm ci in conformance/")


def output_of(*command: str, **environment: str) -> str:
    """What it printed. Raises AssertionError with its last words when it fails."""
    done = subprocess.run(
        command, cwd=HERE, env={**os.environ, **environment}, capture_output=True, text=True, timeout=LIMIT_SECONDS
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout)[-800:]}"
    return done.stdout


def answer_of(*command: str, **environment: str) -> Any:
    """The last line that it printed, which is JSON."""
    return json.loads(output_of(*command, **environment).splitlines()[-1])
