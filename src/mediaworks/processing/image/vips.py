"""libvips with only those loaders that we mean to offer, whatever a file claims to be."""

from __future__ import annotations

import functools
from typing import Any

import pyvips

LOADERS = ("Jpeg", "Png", "Webp", "Nsgif", "Heif", "Tiff")
SAVERS = ("Jpeg", "Uhdr", "Png", "Webp", "Cgif", "Heif", "Tiff", "Jxl")

pyvips.cache_set_max(0)
pyvips.operation_block_set("VipsForeign", True)
for _loader in LOADERS:
    pyvips.operation_block_set(f"VipsForeignLoad{_loader}", False)
for _saver in SAVERS:
    pyvips.operation_block_set(f"VipsForeignSave{_saver}", False)

BLOB = pyvips.GValue.blob_type
TEXT = pyvips.GValue.gstr_type
INT = pyvips.GValue.gint_type
INTS = pyvips.GValue.array_int_type
Image = pyvips.Image
Error = pyvips.Error


def source(descriptor: int) -> pyvips.Source:
    """The file behind `descriptor`, from its beginning."""
    return pyvips.Source.new_from_descriptor(descriptor)


def own_svg(svg: str, scale: float = 1.0) -> Any:
    """A drawing that was not read from a file: for those the loader stays shut."""
    pyvips.operation_block_set("VipsForeignLoadSvg", False)
    try:
        return pyvips.Image.svgload_buffer(svg.encode(), scale=scale)
    finally:
        pyvips.operation_block_set("VipsForeignLoadSvg", True)


def ultra_hdr(descriptor: int) -> Any:
    """The photo of an Ultra HDR file, None when it is none. Its loader stays shut else: it would take over every JPEG."""
    pyvips.operation_block_set("VipsForeignLoadUhdr", False)
    try:
        return pyvips.Image.uhdrload_source(source(descriptor))
    except pyvips.Error:
        return None
    finally:
        pyvips.operation_block_set("VipsForeignLoadUhdr", True)


def can_write(saver: str) -> bool:
    """Whether this build of libvips has the saver."""
    return bool(pyvips.type_find("VipsOperation", saver.removesuffix("_buffer")))


@functools.cache
def can_encode_heif(codec: str) -> bool:
    """Whether libheif was built with an encoder for it: only trying tells."""
    try:
        Image.black(16, 16, bands=3).heifsave_buffer(compression=codec, effort=0)
    except Error:
        return False
    return True
