"""Small files, no drawers, nothing unfinished, nothing from another host, no word of the machine it was built on."""

import re

from tests.architecture.source import files, modules
from webapp.config import ROOT

LONGEST = 300
DRAWERS = {"utils", "helpers", "common", "misc"}
OWN = (
    "webapp/**/*.py",
    "flows/**/*.py",
    "reports/**/*.py",
    "hosting/**/*.py",
    "tests/**/*.py",
    "benchmarks/*.py",
    "templates/**/*.*",
    "webapp/static/**/*.css",
    "webapp/static/**/*.js",
    "*.py",
    "dandang",
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
FOREIGN = re.compile(r"""(?:src|href|url\()\s*=?\s*["'(]?\s*(?:https?:)?//(?!127\.0\.0\.1|localhost|www\.w3\.org)""")
MACHINE = re.compile(r"/(work|farm|root)/")


def _text(path) -> str:  # type: ignore[no-untyped-def]
    return path.read_text(encoding="utf-8", errors="replace")


def _own():  # type: ignore[no-untyped-def]
    return [path for path in files(*OWN) if path != ROOT / "tests/architecture/test_size_and_words.py"]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = [f"{p.relative_to(ROOT)}: {n}" for p in _own() if (n := _text(p).count("\n")) > LONGEST]
    assert not long, "split by topic:\n" + "\n".join(long)


def test_no_drawers() -> None:
    assert [str(m.path) for m in modules() if m.path.stem in DRAWERS] == []


def test_nothing_is_left_unfinished() -> None:
    assert [str(p) for p in _own() if UNFINISHED.search(_text(p))] == []


def test_nothing_is_loaded_from_another_host() -> None:
    shown = files("templates/**/*.html", "webapp/static/**/*.css", "webapp/static/**/*.js")
    assert [str(p) for p in shown if FOREIGN.search(_text(p))] == []


def test_no_path_of_a_builder_s_machine() -> None:
    docs = files("*.md", "docs/**/*.md", "*.toml", "*.txt")
    assert [str(p) for p in (*_own(), *docs) if MACHINE.search(_text(p))] == []


def test_templates_use_no_safe_filter() -> None:
    assert [str(p) for p in files("templates/**/*.html") if re.search(r"\|\s*safe\b", _text(p))] == []


def test_what_is_asked_for_is_called_by_its_one_name() -> None:
    """The glossary calls an asked field 填报项; the word of databases stands on no page, in no file and in no sentence."""
    shown = files("templates/**/*.html", "templates/**/*.txt", "webapp/**/*.yaml", "webapp/static/**/*.js")
    spoken = [module.path for module in modules()]
    assert [str(path.relative_to(ROOT)) for path in (*shown, *spoken) if "字段" in _text(path)] == []
