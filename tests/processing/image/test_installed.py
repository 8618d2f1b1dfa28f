"""Operations that packages bring: what is taken, and why the rest is left out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from mediaworks.processing.image.operations import OWN
from mediaworks.processing.image.operations.installed import GROUP, Installed, environment, find
from mediaworks.testing.packages import install

GOOD = '''
from mediaworks.processing.image.operations.base import Fraction, Operation

class {kind}(Operation, frozen=True, kw_only=True, tag="{tag}"):
    """Do nothing."""

    example = {{"amount": {example}}}
    amount: Fraction

    def apply(self, image, scene):
        return image
'''

Put = Callable[..., Installed]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Installs an operation `acme` with this source, and finds what is installed."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(source: str, *, named: str = "acme", kind: str = "Acme") -> Installed:
        module = f"acme_{uuid4().hex}"  # nothing else is loaded under that name
        points = {GROUP: {named: f"{module}:{kind}"}}
        install(tmp_path, module, modules={module: source}, entry_points=points)
        return find(OWN)

    return make


def test_a_package_s_operation_stands_beside_our_own(put: Put) -> None:
    found = put(GOOD.format(kind="Acme", tag="acme", example=0.5))
    assert [operation.__name__ for operation in found.operations] == ["Acme"]
    assert not found.broken


@pytest.mark.parametrize(
    ("source", "named", "reason"),
    [
        ("import there_is_no_such_module", "acme", "ModuleNotFoundError: No module named 'there_is_no_such_module'"),
        ("raise SystemExit(3)", "acme", "SystemExit: 3"),
        ("class Acme: pass", "acme", "is no subclass of Operation"),
        (GOOD.format(kind="Acme", tag="acme", example=0.5), "other", "its type is 'acme'"),
        (GOOD.format(kind="Acme", tag="resize", example=0.5), "resize", "there is an operation resize already"),
        (GOOD.format(kind="Acme", tag="acme", example=0.5).replace('"""Do nothing."""', ""), "acme", "has no docstring"),
        (GOOD.format(kind="Acme", tag="acme", example=7), "acme", "Expected `float` <= 1"),
        (GOOD.format(kind="Acme", tag="acme", example=1).replace("amount: Fraction", "amount: complex"), "acme", "complex"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_left_out_with_the_reason(put: Put, source: str, named: str, reason: str) -> None:
    found = put(source, named=named)
    assert not found.operations
    ((point, why),) = found.broken.items()
    assert point.name == named
    assert reason in why


def test_of_two_with_one_name_the_first_is_taken(put: Put) -> None:
    put(GOOD.format(kind="Acme", tag="acme", example=0.5))
    found = put(GOOD.format(kind="Acme", tag="acme", example=0.6))
    assert len(found.operations) == 1
    assert len(found.broken) == 1


def test_children_are_told_where_packages_lie_that_are_not_where_packages_usually_are(put: Put, tmp_path: Path) -> None:
    assert environment() == {}
    put(GOOD.format(kind="Acme", tag="acme", example=0.5))
    assert environment() == {"PYTHONPATH": os.fspath(tmp_path)}
