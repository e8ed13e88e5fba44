"""Says what is wrong with a font set, in sentences for the person who runs the system."""

import hashlib
import json
from pathlib import Path

from reports.fonts.faces import CUSTOM_FOLDER, FACES, FONTS_CONF, MANIFEST, RECIPE

MEND = "请运行 ./dandang setup 重新制作字体。"


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest(fonts: Path) -> dict | None:
    """The manifest of a finished set, or ``None`` when there is none that can be read."""
    try:
        manifest = json.loads((fonts / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def missing(fonts: Path) -> list[str]:
    """One Chinese sentence for each fault of the set in ``fonts``; an empty list means it can be used.

    Reads and hashes every face (about 25 MB).
    """
    manifest = read_manifest(fonts)
    if manifest is None or not (fonts / FONTS_CONF).is_file():
        return [f"报告字体尚未制作（{fonts}）。{MEND}"]
    if manifest.get("recipe") != RECIPE:
        return [f"报告字体是旧版本的。{MEND}"]
    faults = []
    for face in FACES:
        path = fonts / face.file
        if not path.is_file():
            faults.append(f"缺少{face.role}字体文件 {face.file}。{MEND}")
        elif file_hash(path) != manifest["faces"].get(face.file, {}).get("sha256"):
            faults.append(f"{face.role}字体文件 {face.file} 已损坏或被改动。{MEND}")
    return faults


def lost_custom(fonts: Path) -> list[str]:
    """One Chinese sentence for each of the customer's faces that is gone; reports then use our own (G-30)."""
    manifest = read_manifest(fonts) or {"custom": {}}
    return [
        f"单位自备的{found['role']}字体 {name} 已不在原处，报告暂用自带字体。请恢复该文件，或运行 ./dandang setup。"
        for name, found in manifest["custom"].items()
        if not (fonts / CUSTOM_FOLDER / name).is_file()
    ]
