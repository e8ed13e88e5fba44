"""Where the values of rule packs come from, in the words of the documents."""

import re

_SOURCES = {
    "practice": "通行做法",
    "ministry statement 2024": "主管部门答复（2024年）",
    "rule of 2023": "2023年管理办法",
    "PIPL art. 56": "《个人信息保护法》第56条",
}
# Rules of the domain by the documents they carry out; their ids are words of ours and stand on no page.
_DOCUMENTS = {
    "L-5": "《关于向重点乡村持续选派驻村第一书记和工作队的意见》",
    "L-6": "2026年中央一号文件",
    "L-11": "《巩固脱贫成果后评估办法》",
    "L-19": "《网络安全法》",
    "8.2": "防止返贫监测和帮扶有关规定",
}
_FAMILIES = {
    "A": "评估考核有关规定",
    "C": "待上级明确，暂由地方确定",
    "M": "防止返贫监测和帮扶有关规定",
    "P": "《乡村振兴责任制实施办法》及各地责任清单",
    "S": "系统个人信息保护规则",
    "T": "系统任务规则",
    "X": "基层减负有关规定",
    "Z": "驻村选派和管理有关规定",
}
_RULE = re.compile(r"([A-Z])-\d+")


def source_words(source: str) -> str:
    """Where a value comes from, each document named once: "P-25; 浙江 2022" → "《…实施办法》及各地责任清单；浙江 2022"."""
    if not source:
        return "系统设定"
    if source in _SOURCES:
        return _SOURCES[source]
    return "；".join(dict.fromkeys(_part_words(part) for part in re.split("[;,] ", source)))


def _part_words(part: str) -> str:
    rule = _RULE.match(part)
    if part in _DOCUMENTS or rule:
        return _DOCUMENTS.get(part) or _FAMILIES[part[0]]
    return part.replace(": true", "：是").replace(" city", "（市级）").replace(": ", "：")
