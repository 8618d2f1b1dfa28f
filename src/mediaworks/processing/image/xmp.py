"""Who made a picture and who may use it, out of an XMP packet (ISO 16684-1)."""

from __future__ import annotations

import copy
from xml.etree import ElementTree

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
PREFIXES = {"x": "adobe:ns:meta/", "rdf": RDF, "dc": DC, "xmpRights": RIGHTS, "photoshop": PHOTOSHOP}
NAMES = {f"{{{DC}}}rights", f"{{{DC}}}creator", f"{{{PHOTOSHOP}}}Credit", f"{{{PHOTOSHOP}}}Source"}
MOST_BYTES = 1 << 20

for _prefix, _address in PREFIXES.items():
    ElementTree.register_namespace(_prefix, _address)


def rights(packet: bytes) -> bytes:
    """A packet with dc:rights, dc:creator, photoshop:Credit, photoshop:Source and all of xmpRights; empty when there is
    none of them or the packet cannot be read."""
    if len(packet) > MOST_BYTES or b"<!" in packet:
        return b""
    try:
        return _packet(_found(ElementTree.fromstring(packet.rstrip(b"\x00"))))  # noqa: S314 - see above
    except (ElementTree.ParseError, RecursionError):
        return b""


def _found(root: ElementTree.Element) -> ElementTree.Element:
    found = ElementTree.Element(f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    for description in root.iter(f"{{{RDF}}}Description"):
        found.attrib.update({name: value for name, value in description.attrib.items() if _is_right(name)})
        found.extend(copy.deepcopy(child) for child in description if _is_right(child.tag))
    return found


def _is_right(name: str) -> bool:
    return name in NAMES or name.startswith(f"{{{RIGHTS}}}")


def _packet(description: ElementTree.Element) -> bytes:
    if not len(description) and len(description.attrib) == 1:
        return b""
    meta = ElementTree.Element(f"{{{PREFIXES['x']}}}xmpmeta")
    ElementTree.SubElement(meta, f"{{{RDF}}}RDF").append(description)
    body = ElementTree.tostring(meta, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="r"?>'.encode()
