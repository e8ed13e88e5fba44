"""The data that the product holds already, found by whatever a form calls them (X-4). Pure, but for its own file.

A field is found by its name, by its label as people vary it, and by the synonyms in `synonyms.yaml`.
"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from webapp.policy.reading import LARGEST_FILE, Unreadable, check, read
from webapp.policy.work_areas import LedgerField, ledger_fields

FILE = Path(__file__).resolve().parent / "synonyms.yaml"
SCHEMA = {
    "type": "object",
    "required": ["synonyms"],
    "additionalProperties": False,
    "properties": {
        "synonyms": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"type": "string", "minLength": 2, "maxLength": 60},
            },
        }
    },
}
_BRACKETS = re.compile(r"[(\[{<〔【《〈「『][^()\[\]{}<>〔〕【】《》〈〉「」『』]*[)\]}>〕】》〉」』]")
_UNIT = re.compile(r"(单位[:为是]?)?(亿元|万元|元|平方米|平方公里|公里|亩|%)$")
_PREFIX = re.compile(
    r"^(截至目前|截至|截止目前|目前|现有|当前|全部|其中|所辖|辖区内|辖区"
    r"|[本我全该](行政村|村|乡镇|乡|镇|街道|县|市|区|省|单位|地区|地)"
    r"|[本当](年度|年|季度|季|月份|月|期))的?"
)


def normal(label: str) -> str:
    """The label as it is compared: "本村 搬迁户数（户）" → "搬迁户数". Never empty unless the label holds no sign at all."""
    text = "".join(unicodedata.normalize("NFKC", label).lower().split())
    bare = text
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        bare = shorter
    bare = _letters(bare) or _letters(text) or text
    while True:
        shorter = _UNIT.sub("", bare) if len(_UNIT.sub("", bare)) >= 2 else bare  # noqa: PLR2004 - one sign names nothing
        shorter = _PREFIX.sub("", shorter) or shorter
        if shorter == bare:
            return bare
        bare = shorter


def _letters(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign)[0] in "LN" or sign == "%")


@lru_cache(maxsize=1)
def by_name() -> dict[str, tuple[LedgerField, ...]]:
    """Fields by name, e.g. "keeper_ref"."""
    found = defaultdict(list)
    for field in ledger_fields():
        found[field.name].append(field)
    return {name: tuple(fields) for name, fields in found.items()}


@lru_cache(maxsize=1)
def by_words() -> dict[str, tuple[LedgerField, ...]]:
    """Fields by what they are called: the label, the label with its ledger before it, the synonyms."""
    found: dict[str, list[LedgerField]] = defaultdict(list)
    for field in ledger_fields():
        for words in (field.label, f"{field.ledger_title}{field.label}", f"{field.ledger_title}的{field.label}"):
            found[normal(words)].append(field)
    keyed = {field.key: field for field in ledger_fields()}
    for key, words_of in synonyms().items():
        for words in words_of:
            found[normal(words)].append(keyed[key])
    return {words: tuple(dict.fromkeys(fields)) for words, fields in found.items()}


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """Key of a field ("resettlement_site.households") → what forms call it. Raises `Unreadable`."""
    return parse(FILE.name, FILE.read_bytes()[: LARGEST_FILE + 1])


def parse(name: str, content: bytes) -> dict[str, tuple[str, ...]]:
    """The synonyms in a file. Raises `Unreadable` for one that leads nowhere, to two fields, or says nothing new."""
    document = read(name, content)
    faults = check(document, SCHEMA)
    if faults:
        raise Unreadable(faults)
    fields = {field.key: field for field in ledger_fields()}
    labels = {normal(field.label) for field in fields.values()}
    taken: dict[str, str] = {}
    for key, words_of in document.body["synonyms"].items():
        if key not in fields:
            faults.append(document.fault(["synonyms", key], "没有这个台账项目。请对照 work_areas 改正。"))
        for number, words in enumerate(words_of):
            compared = normal(words)
            if compared in labels:
                faults.append(
                    document.fault(["synonyms", key, number], "就是一个台账项目的名称，不用列为同义词。请删去。")
                )
            if taken.setdefault(compared, key) != key:
                faults.append(document.fault(["synonyms", key, number], f"已指向“{taken[compared]}”。请只保留一处。"))
    if faults:
        raise Unreadable(faults)
    return {key: tuple(words_of) for key, words_of in document.body["synonyms"].items()}


def look_up(name: str, label: str) -> tuple[LedgerField, ...]:
    """The held fields that an asked field means, in the order of areas; none when it asks for something new."""
    return by_words().get(normal(label), ()) or by_name().get(name.strip().lower(), ())
