"""The set is made once, whole or not at all; the customer's own faces come first."""

import io
import shutil

import pdfplumber
import pytest
from fontTools.ttLib import TTFont

from reports.engine import chains
from reports.fonts import build, check
from reports.fonts.faces import ASCENT, DESCENT, FACES
from reports.fonts.outline import common_characters, legacy_codes
from reports.render import render_pdf
from tests.reports.samples import period_report


def test_all_faces_have_equal_metrics_and_names_of_their_own(fonts):
    families = set()
    for face in FACES:
        with TTFont(fonts / face.file) as font:
            assert (font["hhea"].ascent, font["hhea"].descent) == (ASCENT, -DESCENT)
            assert (font["OS/2"].sTypoAscender, font["OS/2"].usWinDescent) == (ASCENT, DESCENT)
            assert "glyf" in font
            families.add(font["name"].getDebugName(1))
    assert families == {face.family for face in FACES}


def test_all_chinese_characters_of_gb2312_are_there(fonts):
    wanted = {code for code in common_characters() if 0x4E00 <= code < 0xA000}
    assert len(wanted) == 6763
    for name in ("fang.ttf", "kai.ttf", "hei.ttf", "song.ttf", "title.ttf"):
        with TTFont(fonts / name) as font:
            assert wanted <= set(font.getBestCmap())


def test_a_whole_set_is_left_alone(fonts, tmp_path, capsys):
    before = (fonts / "manifest.json").stat().st_mtime_ns
    code = build.main(["--out", str(fonts), "--noto", str(tmp_path), "--fandol", str(tmp_path), "--custom", ""])
    assert code == 0
    assert "已就绪" in capsys.readouterr().out
    assert (fonts / "manifest.json").stat().st_mtime_ns == before


def test_missing_sources_are_named(tmp_path, capsys):
    code = build.main(["--out", str(tmp_path / "f"), "--noto", str(tmp_path), "--fandol", str(tmp_path)])
    assert code == 1
    assert "FandolFang-Regular.otf" in capsys.readouterr().err
    assert not (tmp_path / "f").exists()


@pytest.fixture
def with_custom(fonts, tmp_path, monkeypatch):
    """A set whose faces are copied, not drawn again, with a file that calls itself 仿宋_GB2312."""
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    with TTFont(fonts / "kai.ttf") as font:
        for record in font["name"].names:
            record.string = "FangSong_GB2312" if record.nameID in (1, 4) else str(record)
        font.save(mounted / "simfang.ttf")
    (mounted / "broken.ttf").write_bytes(b"not a font")
    monkeypatch.setattr(build, "make_face", lambda face, source, common, target: shutil.copy(source, target) and 1)
    monkeypatch.setattr(build, "ProcessPoolExecutor", InProcess)
    out = tmp_path / "fonts"
    build.build(out, {face: fonts / face.file for face in FACES}, build.find_custom(str(mounted)))
    return out


class InProcess:
    """Runs jobs at once, in this process."""

    def __init__(self, max_workers):
        self.max_workers = max_workers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def submit(self, call, *arguments):
        result = call(*arguments)
        return type("Done", (), {"result": staticmethod(lambda: result)})


def test_the_customers_face_comes_first(with_custom):
    assert chains(with_custom)["fang"].startswith('"FangSong_GB2312", "Dandang Fang"')


def test_a_lost_face_of_the_customer_falls_back_with_a_warning(with_custom, tmp_path, caplog):
    (tmp_path / "mounted" / "simfang.ttf").unlink()
    assert check.missing(with_custom) == []
    assert "仿宋字体 simfang.ttf 已不在原处" in check.lost_custom(with_custom)[0]
    assert chains(with_custom)["fang"].startswith('"Dandang Fang"')
    assert "simfang.ttf" in caplog.text


def test_other_custom_files_are_linked_without_drawing_again(with_custom, tmp_path, monkeypatch):
    monkeypatch.setattr(build, "make_face", None)
    arguments = ["--out", str(with_custom), "--noto", str(tmp_path), "--fandol", str(tmp_path), "--custom", ""]
    assert build.main(arguments) == 0
    assert check.missing(with_custom) == []
    assert chains(with_custom)["fang"].startswith('"Dandang Fang"')


def test_the_customers_face_is_used_and_named(with_custom, fonts):
    for folder, used in ((with_custom, True), (fonts, False)):
        with pdfplumber.open(io.BytesIO(render_pdf(period_report(), folder))) as pdf:
            assert ("FangSong_GB2312" in pdf.metadata["Fonts"]) is used


def test_a_failed_build_leaves_the_old_set(with_custom, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(build, "make_face", fail)
    before = sorted(path.name for path in with_custom.iterdir())
    with pytest.raises(OSError, match="disk full"):
        build.build(with_custom, {face: with_custom / face.file for face in FACES}, {})
    assert sorted(path.name for path in with_custom.iterdir()) == before
    assert [path.name for path in with_custom.parent.iterdir() if path.name.startswith(".fonts")] == []


def test_old_private_codes_show_the_character_they_stand_for(fonts):
    with TTFont(fonts / "rare.ttf") as font:
        cmap = font.getBestCmap()
        drawn = {code: standard for code, standard in legacy_codes().items() if code in cmap}
        assert drawn[0xE863] == ord("䶮")
        assert all(cmap[code] == cmap[standard] for code, standard in drawn.items() if standard in cmap)
    assert len(drawn) > 70
