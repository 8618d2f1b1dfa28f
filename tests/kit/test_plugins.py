"""What packages bring for addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediaworks.errors import SetupError
from mediaworks.kit.plugins import brought
from mediaworks.storage import StorageConfig, open_store
from mediaworks.storage.local import LocalStore
from mediaworks.testing.packages import install

STORE = """
from pathlib import Path

from mediaworks.storage.local import LocalStore

def open_store(url):
    if not url.path:
        raise ValueError("a path is needed")
    return LocalStore(Path(url.path))
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a package that brings the storage `acme://`, and one that needs a package for `lame://`."""
    points = {"acme": "acme_storage_of_a_test:open_store", "lame": "missing_package:open_store"}
    modules = {"acme_storage_of_a_test": STORE}
    install(tmp_path / "packages", "acme", modules=modules, entry_points={"mediaworks.storage": points})
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    return tmp_path


def test_a_package_brings_a_storage_by_its_scheme(installed: Path) -> None:
    assert isinstance(open_store(StorageConfig(url=f"acme://{installed}/blobs")), LocalStore)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("acme://", "the address of acme:// is none: a path is needed"),
        ("lame://there", "lame:// needs a package that is missing (missing_package): pip install 'acme[lame]'"),
        ("who://knows", "unknown scheme who://; known are acme://, file://, lame://, s3://"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_a_storage_that_cannot_be_opened_stops_the_start_and_says_why(url: str, told: str) -> None:
    with pytest.raises(SetupError) as refused:
        open_store(StorageConfig(url=url))
    assert refused.value.detail == f"MEDIAWORKS_STORAGE_URL: {told}"


def test_where_nothing_is_installed_that_is_said() -> None:
    with pytest.raises(SetupError) as refused:
        brought("mediaworks.no_such_group", "acme", setting="ours")
    assert refused.value.detail == "ours: unknown scheme acme://; known are none"
