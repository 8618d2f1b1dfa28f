"""Which master a rendering is made from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx
import msgspec
import pytest

from mediaworks.media import Media, Processing, Role, Status, Variant, Visibility, best_source
from mediaworks.media.config import MediaConfig
from mediaworks.processing import Kind
from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

MEDIA = "/api/v1/media"
NOBODY = UUID(int=0)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def variant(role: Role, width: int, height: int) -> Variant:
    return Variant(f"{role}-{width}", "image/jpeg", width, height, 1, "", f"{role}-{width}", role)


PHOTO = Media(
    id=NOBODY, user_id=NOBODY, status=Status.ACTIVE, kind=Kind.IMAGE, original_name="a.jpg", mime_type="image/jpeg",
    extension="jpg", size_bytes=1, sha256="", storage_key="original", width=6000, height=4000, duration=None, fps=None,
    blurhash=None, thumbhash=None, dominant_color=None, metadata={}, visibility=Visibility.PRIVATE, tags=(),
    processing_status=Processing.READY, processing_error=None, version=1, view_count=0, download_count=0,
    created_at=BEGINNING, updated_at=BEGINNING, deleted_at=None,
    variants=(
        variant(Role.THUMBNAIL, 2048, 1365), variant(Role.MASTER, 3000, 2000), variant(Role.MASTER, 1500, 1000),
        variant(Role.RENDITION, 2900, 1900),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("needed", "found"),
    [
        ((512, 341), "master-1500"),
        ((750, 500), "master-1500"),
        ((752, 500), "master-3000"),
        ((750, 502), "master-3000"),
        ((1500, 1000), "master-3000"),
        ((1501, 1000), None),
        ((6000, 4000), None),
        ((0, 0), None),
        ((-5, 10), None),
    ],
)
def test_it_is_the_smallest_master_of_twice_the_size_that_is_needed(
    needed: tuple[float, float], found: str | None
) -> None:
    source = best_source(PHOTO, *needed)
    assert (source.name if source else None) == found


def test_without_masters_it_is_the_original() -> None:
    assert best_source(msgspec.structs.replace(PHOTO, variants=PHOTO.variants[:1]), 100, 100) is None


def test_the_setting_takes_lengths_or_off() -> None:
    assert MediaConfig().master_sides == (1024,)
    assert MediaConfig(masters=("off",)).master_sides == ()
    assert MediaConfig(masters=()).master_sides == ()
    for wrong in (("off", "1024"), ("100",), ("9000",), ("large",)):
        with pytest.raises(ValueError, match="masters"):
            MediaConfig(masters=wrong)


def stored(service: Service, media_id: str) -> set[str]:
    """The names of what is stored beside an original."""
    folder = service.data_dir / "blobs"
    return {path.name.removeprefix(f"{media_id}-") for path in folder.rglob(f"{media_id}-*")}


def test_masters_are_kept_beside_the_thumbnails_shown_to_nobody_and_purged(
    service: Service, client: httpx.Client, ready: Callable[[str], dict[str, object]]
) -> None:
    answer = client.post(f"{MEDIA}/upload", files={"file": ("a.jpg", media.photo(2500, 1500))})
    body = ready(str(answer.json()["id"]))
    media_id = str(body["id"])
    assert "master-1024.jpeg" in stored(service, media_id)
    names = {item["name"] for item in client.get(f"{MEDIA}/{media_id}/thumbnails").json()["items"]}
    assert names == {"150x150", "320", "640", "1280", "2048"}
    assert {item["name"] for item in body["thumbnails"]} == names  # type: ignore[attr-defined]
    client.patch(f"{MEDIA}/{media_id}", json={"visibility": "public"})
    assert client.get(f"/f/{media_id}/thumbnails/640.webp").status_code == 200
    assert client.get(f"/f/{media_id}/thumbnails/master-1024.jpeg").status_code == 404
    client.delete(f"{MEDIA}/{media_id}", params={"purge": "true"})
    assert wait_until(lambda: not stored(service, media_id))
