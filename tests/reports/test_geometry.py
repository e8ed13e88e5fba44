"""Measures the finished file (GB/T 9704-2012): fails when an upgrade of the renderer moves anything."""

import io
from itertools import groupby
from pathlib import Path

import pdfplumber
import pytest

from reports.render import load_engine, sheet
from tests.reports.samples import evaluation_report, period_report

MM = 25.4 / 72
BODY = 16
PLAIN = "乡村振兴责任落实重在经常，" * 200
MIXED = "截至2026年7月6日，按规则包standing-2026计算，得分87.53分（满分100分），共“三项”指标——其中有值488个；" * 20


def pages(text: str, fonts: Path) -> list:
    engine = load_engine()
    content = engine.to_pdf(
        f'<html lang="zh-CN"><body><p style="text-indent:0">{text}</p></body></html>',
        fonts,
        sheet(engine.chains(fonts)),
    )
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return [page.chars for page in pdf.pages]


def lines(characters: list, size: float = BODY) -> list[list]:
    chosen = sorted((c for c in characters if abs(c["size"] - size) < 0.1), key=lambda c: (round(c["top"]), c["x0"]))
    return [list(line) for _, line in groupby(chosen, key=lambda c: round(c["top"]))]


def test_a_full_page_has_22_lines_of_28_characters_in_the_type_area(fonts):
    first = lines(pages("国" * 28 * 22 * 2, fonts)[0])
    assert [len(line) for line in first] == [28] * 22
    assert min(line[0]["x0"] for line in first) * MM == pytest.approx(28, abs=0.1)
    assert first[0][0]["top"] * MM == pytest.approx(37, abs=0.1)
    assert first[-1][0]["bottom"] * MM == pytest.approx(262, abs=0.2)
    assert max(line[-1]["x1"] for line in first) * MM == pytest.approx(184, abs=0.5)


@pytest.mark.parametrize("text", [PLAIN, MIXED], ids=["plain", "mixed"])
def test_every_line_but_the_last_ends_at_the_right_edge(fonts, text):
    for page in pages(text, fonts):
        ends = [line[-1]["x1"] * MM for line in lines(page)]
        assert ends[:-1] == pytest.approx([184] * (len(ends) - 1), abs=0.5)
        assert ends[-1] <= 184.5


def test_numbers_are_not_spread(fonts):
    year = [c for c in lines(pages(MIXED, fonts)[0])[0] if c["text"] in "2026"][:4]
    gaps = {round(after["x0"] - before["x1"], 1) for before, after in zip(year, year[1:], strict=False)}
    assert gaps <= {-0.2, 0.0}


def test_no_line_begins_with_a_closing_mark(fonts):
    for page in pages(PLAIN + MIXED, fonts):
        assert not {line[0]["text"] for line in lines(page)} & set("，。；：、）”")


def test_the_page_number_stands_seven_millimetres_below_the_type_area_on_the_outside(fonts):
    odd, even = (
        [c for c in page if abs(c["size"] - 14) < 0.1 and not c["text"].isspace()] for page in pages(PLAIN, fonts)[:2]
    )
    assert "".join(c["text"] for c in odd) == "—1—"
    assert "".join(c["text"] for c in even) == "—2—"
    one_character = 14 * MM
    assert odd[-1]["x1"] * MM == pytest.approx(184 - one_character, abs=0.5)
    assert even[0]["x0"] * MM == pytest.approx(28 + one_character, abs=0.5)
    for page in (odd, even):
        middle = (page[0]["top"] + page[0]["bottom"]) / 2 * MM
        assert middle == pytest.approx(262 + 7, abs=0.5)


def test_headings_are_set_in_their_faces(render):
    characters = render(evaluation_report()).pages[0].chars
    title = {c["fontname"].partition("+")[2] for c in characters if abs(c["size"] - 22) < 0.1}
    heading = next(line for line in lines(characters) if line[0]["text"] == "一")
    assert {c["fontname"].partition("+")[2] for c in heading} == {"Dandang-Hei"}
    assert title == {"Dandang-Title"}
    body = render(period_report()).pages[0].chars
    assert next(c["fontname"] for c in body if c["text"] == "映").endswith("Dandang-Fang")


@pytest.mark.parametrize("make", [period_report, evaluation_report])
def test_nothing_leaves_the_type_area_but_the_page_number(render, make):
    for page in render(make()).pages:
        inside = [c for c in page.chars if abs(c["size"] - 14) > 0.1]
        assert min(c["x0"] for c in inside) * MM >= 27.5
        assert max(c["x1"] for c in inside) * MM <= 184.6
        assert max(c["bottom"] for c in inside) * MM <= 264.6
        assert min(c["top"] for c in inside) * MM >= 34.5


def test_a_rare_character_keeps_its_line_on_the_grid(fonts):
    plain = lines(pages("国" * 28 * 3, fonts)[0])
    rare = lines(pages("国" * 28 + "𡐓" + "国" * 27 + "国" * 28, fonts)[0])
    assert [line[0]["top"] for line in rare] == pytest.approx([line[0]["top"] for line in plain], abs=0.05)
