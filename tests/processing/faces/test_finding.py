"""Faces are found where they are: by the model that the extra brings, behind the walls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import pyvips
from tests.processing.conftest import as_descriptor
from tests.processing.faces.conftest import Find

from mediaworks.errors import MediaworksError, NotInstalled, TooManyPixels, Unprocessable, UnsupportedType
from mediaworks.processing import Face, Faces, Facts, Kind, ProcessingConfig, Understanding
from mediaworks.processing.faces import FacesInRecipe
from mediaworks.processing.image.operations import read
from mediaworks.testing import media
from mediaworks.testing.portrait import EYES, HEIGHT, MOUTH, WIDTH, portrait

PHOTO = Path(__file__).parents[4] / "shared" / "corpus" / "images" / "2569067123_aca715a2ee_o.jpg"
HIDES = ({"type": "blur_areas", "faces": True}, {"type": "pixelate", "faces": True})
CUTS = ({"type": "crop", "ratio": "1:1", "gravity": "face"}, {"type": "resize", "width": 9, "gravity": "face"})


def jpeg(image: pyvips.Image) -> bytes:
    return bytes(image.jpegsave_buffer(Q=90))


def wall(*faces: tuple[float, int, int], width: int = 1600, height: int = 1200) -> pyvips.Image:
    """A grey wall with portraits, each at a scale and a place in pixels."""
    picture = (pyvips.Image.black(width, height, bands=3) + 120).cast("uchar").copy(interpretation="srgb")
    for scale, x, y in faces:
        picture = picture.insert(portrait(scale), x, y)
    return picture


def holds(face: Face, x: float, y: float) -> bool:
    return face.x <= x <= face.x + face.width and face.y <= y <= face.y + face.height


def near(point: tuple[int, int], place: tuple[float, float], tolerance: float) -> bool:
    return abs(point[0] - place[0]) <= tolerance and abs(point[1] - place[1]) <= tolerance


def test_a_face_is_found_with_its_eyes_and_its_mouth(find: Find) -> None:
    (face,) = find(jpeg(portrait()), "image/jpeg")
    assert face.score > 0.8
    assert all(holds(face, *place) for place in (*EYES, MOUTH))
    assert near(face.points.right_eye, EYES[0], 12)
    assert near(face.points.left_eye, EYES[1], 12)
    assert near(face.points.mouth, MOUTH, 12)


def test_places_are_pixels_of_the_whole_picture_however_large_it_is(find: Find) -> None:
    (face,) = find(jpeg(portrait(3.5)), "image/jpeg")
    assert near(face.points.left_eye, (EYES[1][0] * 3.5, EYES[1][1] * 3.5), 40)


def test_places_are_those_of_the_upright_picture(find: Find) -> None:
    turned = portrait().rot("d270").copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", 6)
    (face,) = find(jpeg(turned), "image/jpeg")
    assert near(face.points.right_eye, EYES[0], 15)


def test_faces_far_away_are_found_beside_one_that_is_near_and_each_only_once(find: Find) -> None:
    places = ((1.0, 100, 100), (0.15, 900, 150), (0.15, 1300, 700), (0.2, 700, 900))
    found = find(jpeg(wall(*places)), "image/jpeg")
    assert len(found) == 4
    for scale, x, y in places:
        assert any(holds(face, x + scale * WIDTH / 2, y + scale * HEIGHT / 2) for face in found)
    assert [face.width for face in found] == sorted((face.width for face in found), reverse=True)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif", ".tiff"])
def test_every_type_of_picture_is_looked_at(find: Find, suffix: str) -> None:
    assert len(find(bytes(portrait().write_to_buffer(suffix)), f"image/{suffix[1:]}")) == 1


def test_pictures_with_alpha_and_without_colour_are_looked_at(find: Find) -> None:
    see_through = portrait().bandjoin(255).copy(interpretation="srgb")
    for image in (see_through, portrait().colourspace("b-w")):
        assert len(find(bytes(image.pngsave_buffer()), "image/png")) == 1


def test_a_bitmap_is_looked_at(find: Find) -> None:
    assert find(media.bmp(), "image/bmp") == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (2000, 3), (64, 64)])
def test_no_shape_of_picture_is_too_odd(find: Find, size: tuple[int, int]) -> None:
    assert find(media.image(".png", *size), "image/png") == ()


def test_a_landscape_has_no_face(find: Find) -> None:
    if not PHOTO.exists():
        pytest.skip("needs the photos of ../shared/corpus")
    small = pyvips.Image.thumbnail(str(PHOTO), 1600)
    assert find(jpeg(small), "image/jpeg") == ()


@pytest.mark.parametrize(
    ("content", "mime", "error"),
    [
        (b"no picture", "image/jpeg", Unprocessable),
        (media.bomb(), "image/png", TooManyPixels),
        (b"ID3", "audio/mpeg", UnsupportedType),
    ],
)
def test_what_cannot_be_looked_at_is_refused(
    find: Find, content: bytes, mime: str, error: type[MediaworksError]
) -> None:
    with pytest.raises(error):
        find(content, mime)


def asked(runner: asyncio.Runner, service: Faces, recipe: Any, content: bytes) -> FacesInRecipe:
    with as_descriptor(content) as descriptor:
        return runner.run(service.for_recipe(read([recipe]), descriptor, "image/jpeg"))


async def idle() -> Faces:
    """One that has started nothing, so nothing has to be closed."""
    return Faces(ProcessingConfig())


def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the extra."""
    monkeypatch.setattr(Faces, "installed", staticmethod(lambda: False))


def test_a_recipe_that_is_not_about_faces_starts_nothing(runner: asyncio.Runner) -> None:
    async def steps() -> tuple[FacesInRecipe, bool]:
        service = Faces(ProcessingConfig())
        recipe = read([{"type": "resize", "width": 9, "gravity": "attention"}])
        with as_descriptor(b"not even a picture") as descriptor:
            found = await service.for_recipe(recipe, descriptor, "image/jpeg")
        started = bool(service._pool._all)
        await service.close()
        return found, started

    assert runner.run(steps()) == (FacesInRecipe(), False)


@pytest.mark.parametrize("recipe", [*HIDES, *CUTS])
def test_a_recipe_about_faces_gets_them_a_little_larger_so_that_they_can_be_hidden(
    runner: asyncio.Runner, faces: Faces, find: Find, recipe: Any
) -> None:
    (face,) = find(jpeg(portrait()), "image/jpeg")
    ((x, y, width, height),) = asked(runner, faces, recipe, jpeg(portrait())).areas
    assert x < face.x
    assert y < face.y
    assert x + width > face.x + face.width
    assert y + height > face.y + face.height


def test_that_no_face_was_found_is_said(runner: asyncio.Runner, faces: Faces) -> None:
    found = asked(runner, faces, HIDES[0], media.image())
    assert (found.areas, found.warnings) == ((), ("no face was found in the picture",))


@pytest.mark.parametrize("recipe", HIDES)
def test_without_the_extra_nobody_is_shown_who_was_to_be_hidden(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, recipe: Any
) -> None:
    bare(monkeypatch)
    with pytest.raises(NotInstalled, match="extra `faces`") as refusal:
        asked(runner, runner.run(idle()), recipe, jpeg(portrait()))
    assert (refusal.value.code, refusal.value.facts) == ("faces_not_installed", {"extra": "faces"})


@pytest.mark.parametrize("recipe", CUTS)
def test_without_the_extra_a_cut_goes_by_attention_and_says_so(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, recipe: Any
) -> None:
    bare(monkeypatch)
    found = asked(runner, runner.run(idle()), recipe, jpeg(portrait()))
    assert found.areas == ()
    assert "attention" in found.warnings[0]


def noted(runner: asyncio.Runner, service: Faces, content: bytes) -> Understanding:
    found = Understanding(Facts(Kind.IMAGE), details={"format": "jpeg"}, warnings=("damaged",))
    with as_descriptor(content) as descriptor:
        return runner.run(service.noted(found, descriptor, "image/jpeg"))


def test_faces_are_noted_beside_what_else_is_known(runner: asyncio.Runner, faces: Faces) -> None:
    found = noted(runner, faces, jpeg(portrait()))
    assert found.details["format"] == "jpeg"
    assert [sorted(face) for face in found.details["faces"]] == [["height", "points", "score", "width", "x", "y"]]
    assert noted(runner, faces, media.image()).details["faces"] == []


def test_a_search_that_fails_is_a_warning(runner: asyncio.Runner, faces: Faces) -> None:
    found = noted(runner, faces, b"no picture")
    assert found.details == {"format": "jpeg"}
    assert found.warnings[0] == "damaged"
    assert found.warnings[1].startswith("faces: ")


def test_without_the_extra_nothing_is_noted(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    bare(monkeypatch)
    found = noted(runner, runner.run(idle()), jpeg(portrait()))
    assert (found.details, found.warnings) == ({"format": "jpeg"}, ("damaged",))
