"""Only what we mean to read is read, whatever libvips can and whatever a file is called."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from mediaworks.errors import Unprocessable
from mediaworks.processing import PROBE, UNDERSTAND, sniff
from mediaworks.testing import media

ALLOWED = {"jpegload", "pngload", "webpload", "gifload", "heifload", "tiffload"}
FLAGS = """
import json
from mediaworks.processing.image import vips
import pyvips
from pyvips import ffi
BLOCKED = 32  # VIPS_OPERATION_BLOCKED, libvips/include/vips/operation.h
found = {}
def walk(kind, *_):
    name = pyvips.nickname_find(kind)
    try:
        found[name] = bool(pyvips.Introspect.get(name).flags & BLOCKED)
    except pyvips.Error as abstract:
        found[name] = "blocked" in str(abstract) or None
    pyvips.type_map(kind, walk)
    return ffi.NULL
pyvips.type_map(pyvips.type_from_name(BASE), walk)
print(json.dumps(found))
"""


FOREIGN: dict[str, bytes] = {
    "svg": media.SVG,
    "pdf": media.PDF,
    "vips": struct.pack("<8i2fihh2i", 0x08F2A6B6, 8, 8, 1, 8, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0).ljust(64, b"\x00") + bytes(64),
    "matrix": b"3 3\n1 2 3\n4 5 6\n7 8 9\n",
    "matlab": b"MATLAB 5.0 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x01IM",
    "csv": b"1,2,3\n4,5,6\n",
    "raw": bytes(300),
    "ppm": b"P6\n2 2\n255\n" + bytes(12),
    "pfm": b"PF\n2 2\n-1.0\n" + bytes(48),
    "rad": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n\x80\x80\x80\x80",
    "exr": b"\x76\x2f\x31\x01\x02\x00\x00\x00channels\x00chlist\x00",
    "fits": b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                    8".ljust(80) + b"END".ljust(2720),
    "nifti": struct.pack("<i", 348) + bytes(340) + b"n+1\x00" + bytes(64),
    "analyze": struct.pack("<i", 348) + bytes(344),
    "openslide (DICOM)": bytes(128) + b"DICM" + bytes(64),
    "jpeg xl": b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a",
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a\x00\x00\x00\x14ftypjp2 ",
    "magick (MVG)": b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 '/etc/passwd'\npop graphic-context\n",
    "magick (XPM)": b'/* XPM */\nstatic char *x[] = {"1 1 1 1", "a c #000000", "a"};',
    "magick (PSD)": b"8BPS\x00\x01" + bytes(6) + b"\x00\x03\x00\x00\x00\x01\x00\x00\x00\x01\x00\x08\x00\x03",
    "magick (ICO)": b"\x00\x00\x01\x00\x01\x00\x01\x01\x00\x00\x01\x00\x18\x00\x30\x00\x00\x00\x16\x00\x00\x00",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "dng": b"II*\x00\x08\x00\x00\x00\x00\x00" + bytes(8),
}  # fmt: skip
"""A file for each loader that libvips has or had, and for each delegate of ImageMagick that has been a way in."""


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("task", [PROBE, UNDERSTAND], ids=["probe", "understand"])
def test_no_other_loader_runs_whatever_the_file_is_called(
    ask: Callable[[Any, bytes, str], Any], task: Any, name: str
) -> None:
    for claimed in ("image/png", "image/jpeg", "image/tiff"):
        with pytest.raises(Unprocessable):
            ask(task, FOREIGN[name], claimed)


@pytest.mark.parametrize("name", FOREIGN)
def test_none_of_them_is_taken_for_a_picture_at_the_door(name: str) -> None:
    found = sniff(FOREIGN[name])
    assert found is None or found.kind == "document" or name == "dng"


def blocked(base: str) -> dict[str, bool | None]:
    """Each operation of libvips under `base`, and whether it is blocked once our own module has been loaded."""
    program = FLAGS.replace("BASE", repr(base))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, bool | None] = json.loads(done.stdout)
    return found


def test_of_all_loaders_that_libvips_has_only_those_run_that_we_allow() -> None:
    found = blocked("VipsForeignLoad")
    running = {name.removesuffix("_buffer").removesuffix("_source") for name, shut in found.items() if shut is False}
    assert running == ALLOWED
    assert {"svgload_buffer", "matrixload", "csvload", "vipsload"} <= {name for name, shut in found.items() if shut}
