"""What stops a report is one sentence that names the thing and the remedy."""

import ctypes
import json
import shutil

import pytest

from reports import libraries
from reports.errors import MissingFont, MissingGlyph, MissingLibrary
from reports.fonts import check
from reports.render import render_pdf, warm_up
from tests.reports.samples import period_report


def test_a_character_in_no_font_fails_the_report(fonts):
    with pytest.raises(MissingGlyph, match=r"U\+1F600.*请改用规范汉字"):
        render_pdf(period_report(issuer="县委组织部😀"), fonts)


@pytest.mark.parametrize("name", ["𡐓上村", "张䶮", "㛃", "鿍", "𬭬", "张\ue863", "\ue816村"])
def test_rare_characters_of_names_are_there(fonts, name):
    assert render_pdf(period_report(issuer=name), fonts).startswith(b"%PDF")


@pytest.mark.parametrize("library", ["libharfbuzz-subset.so.0", "libpango-1.0.so.0"])
def test_a_missing_library_fails_the_report_and_names_its_package(fonts, monkeypatch, library):
    load = ctypes.CDLL

    def without(name, *more, **options):
        if name == library:
            raise OSError(name)
        return load(name, *more, **options)

    monkeypatch.setattr(ctypes, "CDLL", without)
    with pytest.raises(MissingLibrary, match=libraries.LIBRARIES[library]):
        render_pdf(period_report(), fonts)
    assert len(libraries.missing()) == 1


def test_no_fonts_fail_the_report(tmp_path):
    with pytest.raises(MissingFont, match="尚未制作.*dandang setup"):
        warm_up(tmp_path / "none")


@pytest.fixture
def copied(fonts, tmp_path):
    target = tmp_path / "fonts"
    shutil.copytree(fonts, target, ignore=shutil.ignore_patterns("cache"))
    return target


def test_a_lost_face_fails_the_report(copied):
    (copied / "kai.ttf").unlink()
    with pytest.raises(MissingFont, match="楷体"):
        warm_up(copied)


def test_a_changed_face_fails_the_report(copied):
    with (copied / "fang.ttf").open("r+b") as stream:
        stream.seek(5000)
        stream.write(b"\0\0\0\0\0\0\0\0")
    assert "仿宋字体文件 fang.ttf 已损坏或被改动" in check.missing(copied)[0]


def test_a_set_of_an_older_recipe_is_refused(copied):
    manifest = json.loads((copied / "manifest.json").read_text())
    (copied / "manifest.json").write_text(json.dumps({**manifest, "recipe": 0}))
    assert "旧版本" in check.missing(copied)[0]


def test_a_whole_set_has_no_fault(fonts):
    assert check.missing(fonts) == []
