"""Random operations on several uploads by several processes equal a byte model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mediaworks import settings as configuration
from mediaworks.testing.upload_model import compare

RUNS = 30


def test_interleaved_operations_equal_a_byte_model(new_database: Callable[[], str], tmp_path: Path) -> None:
    """`python -m benchmarks resumable_model` does the same 2,000 times."""
    runs, steps = compare(configuration.load(data_dir=tmp_path).with_database(new_database()), RUNS)
    assert runs >= RUNS
    assert steps > 5 * RUNS
