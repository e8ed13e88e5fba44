"""Makes one TrueType face from an OpenType source: chosen characters, quadratic outlines, common metrics.

TrueType outlines, because HarfBuzz cuts them down for a document several times faster than CFF ones.
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from reports.fonts.faces import ASCENT, DESCENT, UNITS_PER_EM, Face

MAX_ERROR = 1.0  # thousandths of the em by which a quadratic outline may leave the cubic one

# Fixed, so that the same sources give the same bytes: seconds since 1904, 1 January 2026.
TIMESTAMP = 3850070400

FULL_NAME = 4

LATIN = range(0x21, 0x7F)

# GB 18030-2005, change against 2000: code points given after the private-use ones were fixed.
LATER_CODES = {
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}


def common_characters() -> set[int]:
    """What every face shall hold: GB2312 with its symbols, Latin, general punctuation and the usual signs."""
    wanted = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2000, 0x2070), *range(0x2100, 0x2150)}
    wanted |= {*range(0x2160, 0x217A), *range(0x2190, 0x2200), *range(0x2200, 0x2300), *range(0x2460, 0x2500)}
    wanted |= {*range(0x25A0, 0x2610), *range(0x3000, 0x3040), *range(0x3220, 0x3400), *range(0xFF00, 0xFFF0)}
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            wanted.update(map(ord, bytes((lead, trail)).decode("gb2312", errors="ignore")))
    return wanted


def open_source(path: Path, member: str) -> TTFont:
    """Open a font file, or the member of a collection with this full name; ``LookupError`` when it is not there."""
    if not member:
        return TTFont(path, lazy=True)
    for font in TTCollection(path, lazy=True).fonts:
        if font["name"].getDebugName(FULL_NAME) == member:
            return font
    raise LookupError(f"{path.name} holds no face called {member}")


def choose(face: Face, available: set[int], common: set[int]) -> list[int]:
    """Code points the face shall hold, in order. The rare face holds the ideographs that the common set leaves out."""
    if face.everything:
        # The Latin letters and figures of these faces are too dark beside their Chinese; the next face serves them.
        return sorted(code for code in available if code not in LATIN)
    if face.rare:
        return sorted(code for code in available - common if is_ideograph(code))
    return sorted(available & common)


def is_ideograph(code: int) -> bool:
    """Whether the code point is a Chinese character, extensions and compatibility forms included."""
    return 0x3400 <= code < 0xA000 or 0xE815 <= code < 0xE865 or 0xF900 <= code < 0xFB00 or code >= 0x20000


def legacy_codes() -> dict[int, int]:
    """Private-use code points of GBK (FE50 to FEA0) → the standard ones they stand for, as in 䶮 (U+E863 → U+4DAE).

    Registers of names and places still hold a few. Fourteen got their place after GB 18030-2000, which Python follows.
    """
    private = range(0xE815, 0xE865)
    trails = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
    found = {code: ord(bytes((0xFE, trail)).decode("gb18030")) for code, trail in zip(private, trails, strict=True)}
    return {code: LATER_CODES.get(code, standard) for code, standard in found.items()}


def make_face(face: Face, source: Path, common: set[int], target: Path) -> int:
    """Write the face to ``target`` and return how many characters it holds."""
    font = open_source(source, face.member)
    cmap = font.getBestCmap()
    cmap |= {code: cmap[standard] for code, standard in legacy_codes().items() if face.rare and standard in cmap}
    codes = choose(face, set(cmap), common)
    names = [".notdef", *dict.fromkeys(cmap[code] for code in codes)]
    glyph_set = font.getGlyphSet()
    scale = UNITS_PER_EM / font["head"].unitsPerEm
    if scale != 1:
        raise LookupError(f"{source.name} is not drawn in {UNITS_PER_EM} units")

    glyphs, advances = {}, {}
    for name in names:
        pen = TTGlyphPen(None)
        glyph_set[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
        advances[name] = glyph_set[name].width

    # Some sources map characters to blank glyphs; leaving those out lets the next face serve them.
    codes = [code for code in codes if not (is_ideograph(code) and glyphs[cmap[code]].numberOfContours == 0)]

    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({code: cmap[code] for code in codes})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (advances[name], getattr(glyphs[name], "xMin", 0)) for name in names})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=-DESCENT, lineGap=0)
    builder.setupNameTable({"familyName": face.family, "styleName": "Regular", "fullName": face.family})
    builder.setupOS2(
        sTypoAscender=ASCENT,
        sTypoDescender=-DESCENT,
        sTypoLineGap=0,
        usWinAscent=ASCENT,
        usWinDescent=DESCENT,
        usWeightClass=400,
    )
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = TIMESTAMP
    builder.font.recalcTimestamp = False
    builder.save(target)
    return len(codes)
