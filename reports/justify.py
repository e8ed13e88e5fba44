"""Spreads what a line lacks over the gaps between Chinese characters, so that the right edge stands straight.

WeasyPrint 70.0 stretches spaces only, and Chinese has none: its lines end up to 11 mm short. The three functions below
replace private ones of its inline layout; ``tests/reports/test_geometry.py`` measures the result and fails when an
upgrade moves them.
"""

from functools import lru_cache

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text import line_break
from weasyprint.text.ffi import TO_UNITS, ffi, pango

FIRST_WIDE = 0x2E80  # ideographs, kana and full-width signs lie above
WIDE_PUNCTUATION = frozenset("“”‘’—…·")
SPACES = frozenset(" \u00a0")

_set_text = line_break.Layout.set_text


@lru_cache(maxsize=4096)
def stretches(character: str) -> bool:
    """Whether the gaps beside this character may grow: beside Chinese, not inside a number or a Latin word."""
    return ord(character) >= FIRST_WIDE or character in WIDE_PUNCTUATION or character in SPACES


def stretch(box: boxes.Box) -> float:
    """Number of gaps that can grow in a box of one line; a gap between Chinese and Latin counts half."""
    if isinstance(box, boxes.TextBox):
        text = box.text
        if not text:
            return 0
        return sum(map(stretches, text)) - (stretches(text[0]) + stretches(text[-1])) / 2
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return sum(map(stretch, box.children))
    return 0


def justify_line(context: object, line: boxes.LineBox, extra_width: float) -> None:
    """Give each gap of the line its share of ``extra_width`` (CSS pixels)."""
    gaps = stretch(line)
    if gaps:
        inline.add_word_spacing(context, line, extra_width / gaps, 0)


def set_text(layout: line_break.Layout, text: str, justify: bool = False) -> None:
    """Set the text as WeasyPrint does, then widen the letter spacing of the characters that stretch."""
    _set_text(layout, text, justify=False)
    if not (justify and layout.justification_spacing and layout.text):
        return
    letter_spacing = layout.style["letter_spacing"]
    own = 0 if letter_spacing == "normal" else letter_spacing
    spacing = int((own + layout.justification_spacing) * TO_UNITS)
    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    for start, end in stretching_ranges(layout.text):
        attribute = pango.pango_attr_letter_spacing_new(spacing)
        attribute.start_index, attribute.end_index = start, end
        pango.pango_attr_list_change(attributes, attribute)
    pango.pango_layout_set_attributes(layout.layout, attributes)


def stretching_ranges(text: str) -> list[tuple[int, int]]:
    """Byte ranges (UTF-8) of the runs of characters that stretch.

    >>> stretching_ranges("在2026年")
    [(0, 3), (7, 10)]
    """
    ranges: list[tuple[int, int]] = []
    position = 0
    for character in text:
        end = position + len(character.encode())
        if stretches(character):
            if ranges and ranges[-1][1] == position:
                ranges[-1] = (ranges[-1][0], end)
            else:
                ranges.append((position, end))
        position = end
    return ranges


def install() -> None:
    """Put the three functions in place of WeasyPrint's, for the whole process."""
    inline.justify_line = justify_line
    inline.count_expandable_spaces = stretch
    line_break.Layout.set_text = set_text
