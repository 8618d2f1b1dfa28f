"""A face that nobody has: drawn, and enough like one that a detector takes it for one."""

from __future__ import annotations

from mediaworks.processing.image import vips

WIDTH, HEIGHT = 400, 480
EYES = (155, 205), (245, 205)
"""The pupils in pixels: on the left of the picture the person's right eye."""
MOUTH = (200, 308)

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 400 480">
<defs>
<radialGradient id="skin" cx=".5" cy=".42" r=".62"><stop offset="0" stop-color="#f0c8a8"/>
<stop offset=".6" stop-color="#dba882"/><stop offset="1" stop-color="#9a6a4c"/></radialGradient>
<radialGradient id="shade"><stop offset="0" stop-color="#6a4030" stop-opacity=".6"/>
<stop offset="1" stop-color="#6a4030" stop-opacity="0"/></radialGradient>
<g id="eye"><ellipse cx="45" cy="205" rx="36" ry="22" fill="url(#shade)"/>
<path d="M75 180Q48 164 18 178L20 186Q48 174 72 188Z" fill="#33231a"/>
<path d="M70 206Q45 188 20 208Q45 220 70 206Z" fill="#f4efe8"/><circle cx="45" cy="205" r="10" fill="#3a2a20"/>
<path d="M70 206Q45 186 19 208" stroke="#2a1a12" stroke-width="4" fill="none"/></g>
</defs>
<rect width="400" height="480" fill="#7d8c96"/>
<path d="M40 480C60 400 140 400 160 370L240 370C260 400 340 400 360 480Z" fill="#34465c"/>
<path d="M155 330L155 400Q200 440 245 400L245 330Z" fill="#b8805e"/>
<ellipse cx="200" cy="170" rx="128" ry="140" fill="#2e2018"/>
<ellipse cx="200" cy="215" rx="105" ry="140" fill="url(#skin)"/>
<path d="M95 190C100 90 160 80 200 84C250 80 300 95 305 190C290 140 260 125 200 128C140 125 110 140 95 190Z" fill="#2e2018"/>
<use href="#eye" transform="translate(200)"/><use href="#eye" transform="translate(200) scale(-1 1)"/>
<ellipse cx="200" cy="272" rx="34" ry="16" fill="url(#shade)"/>
<path d="M180 264Q186 278 196 274Q200 280 204 274Q214 278 220 264" stroke="#7a4834" stroke-width="3" fill="none"/>
<path d="M160 308Q180 298 200 304Q220 298 240 308Q200 336 160 308Z" fill="#b85c54"/>
<path d="M160 308Q200 318 240 308" stroke="#5a2420" stroke-width="2.5" fill="none"/>
<ellipse cx="200" cy="336" rx="36" ry="10" fill="url(#shade)"/>
</svg>"""


def portrait(scale: float = 1.0) -> vips.Image:
    """The drawing as sRGB without alpha, WIDTH × HEIGHT pixels times `scale`."""
    drawn = vips.own_svg(_SVG.format(width=WIDTH * scale, height=HEIGHT * scale))
    return drawn.flatten().copy(interpretation="srgb")
