"""libvips with only those loaders that we mean to offer, whatever a file claims to be."""

from __future__ import annotations

import pyvips

LOADERS = ("Jpeg", "Png", "Webp", "Nsgif", "Heif", "Tiff")
SAVERS = ("Webp",)

pyvips.cache_set_max(0)
pyvips.operation_block_set("VipsForeign", True)
for _loader in LOADERS:
    pyvips.operation_block_set(f"VipsForeignLoad{_loader}", False)
for _saver in SAVERS:
    pyvips.operation_block_set(f"VipsForeignSave{_saver}", False)

Image = pyvips.Image
Error = pyvips.Error


def source(descriptor: int) -> pyvips.Source:
    """The file behind `descriptor`, from its beginning."""
    return pyvips.Source.new_from_descriptor(descriptor)
