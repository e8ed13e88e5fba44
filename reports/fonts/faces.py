"""The faces of the font set: where each comes from and what it is called in the style sheet (G-30).

Each face has a family name of its own, because the sources call different weights alike, and all have the same ascent
and descent, because a fallback face with other metrics would push its line off the grid of 22.
"""

from dataclasses import dataclass

UNITS_PER_EM = 1000
ASCENT, DESCENT = 880, 120  # thousandths of the em, the same in every face

MANIFEST = "manifest.json"
FONTS_CONF = "fonts.conf"
CUSTOM_FOLDER = "custom"

# Raise this number when the recipe changes, so that sets made by an older one are made anew.
RECIPE = 3


@dataclass(frozen=True)
class Face:
    """One face to build. ``member`` is the full name inside a collection; ``rare`` takes what the others leave out."""

    family: str
    file: str
    role: str  # Chinese, for messages
    package: str  # "noto" or "fandol"
    source: str  # file name in that package's folder
    member: str = ""
    everything: bool = False  # take the whole repertoire of the source, not the common one
    rare: bool = False


# The longest to draw comes first, so that two processors finish together.
FACES = (
    Face("Dandang Rare", "rare.ttf", "生僻字", "noto", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", rare=True),
    Face("Dandang Fang", "fang.ttf", "仿宋", "fandol", "FandolFang-Regular.otf", everything=True),
    Face("Dandang Kai", "kai.ttf", "楷体", "fandol", "FandolKai-Regular.otf", everything=True),
    Face("Dandang Hei", "hei.ttf", "黑体", "noto", "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    Face("Dandang Song", "song.ttf", "宋体", "noto", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    Face("Dandang Title", "title.ttf", "标题宋体", "noto", "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC Bold"),
)

# Names under which the customer's own faces are known in their files, with the role they take over.
CUSTOM_FAMILIES = {
    "FZXiaoBiaoSong-B05": "标题宋体",
    "FZXiaoBiaoSong-B05S": "标题宋体",
    "方正小标宋简体": "标题宋体",
    "方正小标宋_GBK": "标题宋体",
    "FangSong_GB2312": "仿宋",
    "仿宋_GB2312": "仿宋",
    "KaiTi_GB2312": "楷体",
    "楷体_GB2312": "楷体",
}
