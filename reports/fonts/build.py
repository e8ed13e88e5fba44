"""Builds the font set of the reports once, at set-up:

    python -m reports.fonts.build --out DIR --noto DIR --fandol DIR [--custom DIR]

``--noto`` is the folder with Noto Sans CJK and Noto Serif CJK (Debian fonts-noto-cjk), ``--fandol`` any folder under
which the Fandol fonts lie (unpacked Debian texlive-lang-chinese). ``--custom`` (default: DANDANG_CUSTOM_FONTS) is a
folder with the customer's own faces, which are linked and used first (G-30). The set is made beside its place and
renamed at the end; a set that is whole already is left alone.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont, TTLibError

from reports.fonts.check import file_hash, missing, read_manifest
from reports.fonts.faces import CUSTOM_FAMILIES, CUSTOM_FOLDER, FACES, FONTS_CONF, MANIFEST, RECIPE, Face
from reports.fonts.outline import common_characters, make_face

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""

FAMILY_NAMES = (1, 4, 16)
STALE_SECONDS = 3600


class Custom(NamedTuple):
    """One of the customer's own files and the role it takes over."""

    path: Path
    family: str
    role: str


def main(arguments: list[str] | None = None) -> int:
    """Build where needed; 0 when the set stands at the end, 1 with a sentence when it cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m reports.fonts.build")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--noto", type=Path, required=True)
    parser.add_argument("--fandol", type=Path, required=True)
    parser.add_argument("--custom", default=os.environ.get("DANDANG_CUSTOM_FONTS", ""))
    options = parser.parse_args(arguments)
    custom = find_custom(options.custom)
    if not missing(options.out):
        return keep(options.out, custom)
    sources = {face: find_source(face, {"noto": options.noto, "fandol": options.fandol}) for face in FACES}
    absent = sorted({face.source for face, path in sources.items() if path is None})
    if absent:
        say(
            f"找不到字体文件 {'、'.join(absent)}。请安装 fonts-noto-cjk，并解开 texlive-lang-chinese 后重试。",
            error=True,
        )
        return 1
    started = time.monotonic()
    try:
        build(options.out, {face: path for face, path in sources.items() if path}, custom)
    except (LookupError, TTLibError, OSError) as error:
        say(f"字体制作失败：{error}。请检查磁盘空间和字体包后重试。", error=True)
        return 1
    say(f"报告字体已做好：{options.out}，用时 {time.monotonic() - started:.0f} 秒。")
    return 0


def say(words: str, error: bool = False) -> None:
    """One line to the person who watches the set-up."""
    stream = sys.stderr if error else sys.stdout
    stream.write(words + "\n")
    stream.flush()


def keep(out: Path, custom: dict[str, Custom]) -> int:
    """Leave a whole set as it is, but for the customer's files where those have changed."""
    if (read_manifest(out) or {})["custom"] != describe(custom):
        link_custom(out, custom)
        say(f"已更换单位自备字体：{'、'.join(custom) or '无'}")
    say(f"报告字体已就绪：{out}")
    return 0


def find_source(face: Face, folders: dict[str, Path]) -> Path | None:
    """The source file of a face, anywhere under its package's folder."""
    return min(folders[face.package].rglob(face.source), default=None)


def find_custom(folder: str) -> dict[str, Custom]:
    """The customer's files that hold one of the known families, by file name; other files there are not touched."""
    if not folder:
        return {}
    found = {}
    for path in sorted(Path(folder).glob("*.[tToO][tT][fF]")):
        try:
            with path.open("rb") as stream, TTFont(stream, lazy=True) as font:
                names = {str(record) for record in font["name"].names if record.nameID in FAMILY_NAMES}
        except (TTLibError, OSError) as error:
            say(f"自备字体 {path.name} 无法读取（{error}），不使用。", error=True)
            continue
        known = sorted(names & CUSTOM_FAMILIES.keys())
        if known:
            found[path.name] = Custom(path.resolve(), known[0], CUSTOM_FAMILIES[known[0]])
    return found


def describe(custom: dict[str, Custom]) -> dict[str, dict[str, str]]:
    """What the manifest keeps of the custom files: family, role and hash by file name."""
    return {
        name: {"family": found.family, "role": found.role, "sha256": file_hash(found.path)}
        for name, found in custom.items()
    }


def build(out: Path, sources: dict[Face, Path], custom: dict[str, Custom]) -> None:
    """Draw all faces in a folder beside ``out``, then put that folder in its place."""
    with folder_beside(out) as made:
        common = common_characters()
        faces = {}
        with ProcessPoolExecutor(max_workers=min(len(FACES), os.cpu_count() or 1)) as pool:
            jobs = {
                face: pool.submit(make_face, face, path, common, made / face.file) for face, path in sources.items()
            }
            for number, (face, job) in enumerate(jobs.items(), 1):
                characters = job.result()
                say(f"制作字体 {number}/{len(jobs)}：{face.role}，{characters} 字")
                faces[face.file] = {
                    "family": face.family,
                    "characters": characters,
                    "sha256": file_hash(made / face.file),
                    "source": face.source,
                }
        finish(made, out, faces, custom)


def link_custom(out: Path, custom: dict[str, Custom]) -> None:
    """Keep the faces of a whole set and link other custom files than before."""
    faces = (read_manifest(out) or {})["faces"]
    with folder_beside(out) as made:
        for name in faces:
            shutil.copy2(out / name, made / name)
        finish(made, out, faces, custom)


@contextmanager
def folder_beside(out: Path) -> Iterator[Path]:
    """A folder on the same file system; what a killed run left behind an hour ago or earlier is removed."""
    parent = out.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    for stale in parent.glob(f".{out.name}-*"):
        if time.time() - stale.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(stale, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=parent))
    try:
        made.chmod(0o755)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def finish(made: Path, out: Path, faces: dict[str, dict], custom: dict[str, Custom]) -> None:
    """Add links, configuration and manifest, and put the folder in its place."""
    (made / CUSTOM_FOLDER).mkdir()
    for name, found in custom.items():
        (made / CUSTOM_FOLDER / name).symlink_to(found.path)
    configuration = CONFIGURATION.format(cache=out.absolute() / "cache")
    (made / FONTS_CONF).write_text(configuration, encoding="utf-8")
    manifest = {"recipe": RECIPE, "faces": faces, "custom": describe(custom)}
    (made / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    put_in_place(made, out.absolute())


def put_in_place(made: Path, out: Path) -> None:
    """Sync the finished folder and swap it for the old one. A kill in between leaves no set, which the next run sees."""
    for path in made.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    old = made.with_name(made.name + "-old")
    if out.exists():
        out.rename(old)
    made.rename(out)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
