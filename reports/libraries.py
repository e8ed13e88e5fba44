"""The system libraries that rendering needs, looked for before the renderer is loaded.

Without libharfbuzz-subset the renderer would still work, but take three times as long, and only a log line would tell.
"""

import ctypes

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}


def missing() -> list[str]:
    """One Chinese sentence for each system library that cannot be loaded; an empty list means all are there."""
    return [
        f"缺少系统库 {library}。请安装软件包 {package} 后重试。"
        for library, package in LIBRARIES.items()
        if not can_load(library)
    ]


def can_load(library: str) -> bool:
    """Whether the loader of this system finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
