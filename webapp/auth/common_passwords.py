"""Passwords that guessers try first, recognised by how they are made rather than by a long list.

Most common passwords are a well-known word, a run on the keyboard or a date, with capitals, look-alike signs and a
few digits added to please a rule. The password is taken back to its bare words; when nothing else is left, it is common.
"""

import re

_LOOK_ALIKES = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_BOTH_WAYS = _RUNS + tuple(run[::-1] for run in _RUNS)
_WELL_KNOWN = """
    password passwd passw pass pwd mima admin administrator root user guest test demo login welcome hello system
    master super manager secret dragon monkey sunshine princess football baseball iloveyou letmein changeme default
    woaini woaiwo woaizhongguo wodemima zhongguo china beijing shanghai yunnan nujiang fugong xiangcun zhenxing
    xiangcunzhenxing zhucun fuping tuopin dandang shuji gongzuodui dangyuan zuzhibu nongye qwe asd zxc qaz wsx
    abc aaa office server computer internet windows 1314 520 666 888
"""
# Longest first, so that "administrator" is taken whole before "admin".
_WORDS = sorted(_WELL_KNOWN.split(), key=len, reverse=True)
_DATE = re.compile(r"(19|20)\d{2}(0?[1-9]|1[0-2])?(0?[1-9]|[12]\d|3[01])?")


def is_common(password: str) -> bool:
    """Whether only well-known words, keyboard runs, dates, repeats and at most two other characters are left."""
    lowered = password.lower()
    stem = re.sub(r"[\d\W_]+$", "", lowered)  # "p@ssw0rd2026": the year must stay a year, not become "2o26"
    tail = lowered[len(stem) :]
    return any(len(_bare(text)) <= 2 for text in {lowered, stem.translate(_LOOK_ALIKES) + tail})


def _bare(text: str) -> str:
    text = _without_runs(text)
    for word in _WORDS:
        text = text.replace(word, "")
    text = _DATE.sub("", text)
    text = re.sub(r"[\W_]", "", text)  # signs at the seams please the rule and stop nobody
    return re.sub(r"(.)\1+", "", text)


def _without_runs(text: str) -> str:
    """Take out stretches of three and more neighbours on the keyboard or in the alphabet, and repeats."""
    kept, at = "", 0
    while at < len(text):
        length = _run_length(text, at)
        if length >= 3:
            at += length
        else:
            kept += text[at]
            at += 1
    return kept


def _run_length(text: str, at: int) -> int:
    longest = 1
    while at + longest < len(text) and text[at + longest] == text[at]:
        longest += 1
    for run in _BOTH_WAYS:
        length = 1
        while at + length < len(text) and text[at : at + length + 1] in run:
            length += 1
        longest = max(longest, length)
    return longest
