"""HTML → PDF by WeasyPrint, with our fonts, our fence and our justification; knows nothing of reports.

Loading this module loads the system libraries; ``reports.render`` asks for them first.
"""

import logging
import os
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from pydyf import PDF, String
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from reports import justify
from reports.errors import MissingFont, MissingGlyph, OutsideResource
from reports.fence import Fence
from reports.fonts import check
from reports.fonts.faces import CUSTOM_FOLDER, FONTS_CONF

LOGGER = logging.getLogger(__name__)

justify.install()

# Pango's font map is not made for several threads.
_LOCK = Lock()
_SETS: dict[tuple[str, str], "FontSet"] = {}


class FontSet(NamedTuple):
    """A loaded font set and the style sheet read with it."""

    configuration: FontConfiguration
    sheet: CSS


def chains(fonts: Path) -> dict[str, str]:
    """CSS family lists by role (``fang``, ``kai``, ``hei``, ``song``, ``title``), the customer's faces first (G-30)."""
    manifest = check.read_manifest(fonts)
    if manifest is None:
        raise MissingFont(f"报告字体尚未制作（{fonts}）。{check.MEND}")
    for warning in check.lost_custom(fonts):
        LOGGER.warning(warning)
    present = {name: found for name, found in manifest["custom"].items() if (fonts / CUSTOM_FOLDER / name).is_file()}
    own = {found["role"]: found["family"] for found in present.values()}
    roles: dict[str, list[str | None]] = {
        "fang": [own.get("仿宋"), "Dandang Fang", "Dandang Song"],
        "kai": [own.get("楷体"), "Dandang Kai", "Dandang Song"],
        "hei": ["Dandang Hei", "Dandang Song"],
        "song": ["Dandang Song"],
        "title": [own.get("标题宋体"), "Dandang Title", "Dandang Song"],
    }
    return {role: ", ".join(f'"{name}"' for name in [*names, "Dandang Rare"] if name) for role, names in roles.items()}


def load(fonts: Path, sheet: str) -> FontSet:
    """The font set with its style sheet, read once a process; raises ``MissingFont`` when the set is not whole."""
    key = (str(fonts), sheet)
    if key not in _SETS:
        faults = check.missing(fonts)
        if faults:
            raise MissingFont(faults[0])
        # Read by fontconfig when the configuration is made; nothing but this set must be in reach.
        os.environ["FONTCONFIG_FILE"] = str(fonts / FONTS_CONF)
        configuration = FontConfiguration()
        _SETS[key] = FontSet(configuration, CSS(string=sheet, font_config=configuration, url_fetcher=Fence()))
    return _SETS[key]


def to_pdf(html: str, fonts: Path, sheet: str) -> bytes:
    """The finished PDF. The same text, fonts and sheet give the same bytes.

    Raises ``MissingFont``, ``MissingGlyph`` for a character that no font has, ``OutsideResource`` when the text tries
    to load anything.
    """
    with _LOCK:
        font_set = load(fonts, sheet)
        try:
            document = HTML(string=html, url_fetcher=Fence()).render(
                font_config=font_set.configuration, stylesheets=[font_set.sheet]
            )
            content = document.write_pdf(finisher=name_fonts)
        except FatalURLFetchingError as error:
            refusal = error.__cause__
            if isinstance(refusal, OutsideResource):
                raise refusal from error
            raise OutsideResource("报告内容引用了外部资源，已停止生成。请删去正文中的链接或图片后重试。") from error
    absent = sorted({code for font in document.fonts.values() for code in font.missing})
    if absent:
        listed = "、".join(f"“{chr(code)}”（U+{code:04X}）" for code in absent[:5])
        raise MissingGlyph(f"字体中没有{listed}，报告未生成。请改用规范汉字，或安装含有该字的字体后重试。")
    return content


def name_fonts(document: Document, pdf: PDF) -> None:
    """Write the families in use into the metadata, so that a fallback can be seen in the file (G-30)."""
    families = sorted({font.family for font in document.fonts.values()})
    pdf.info["Fonts"] = String(", ".join(families))
