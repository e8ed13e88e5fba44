"""Numbers that name a person and have no place in free text: identity card, mobile phone, bank card (S-1, S-22, S-23).

A task, a report or a remark is read, exported and printed by many; nobody there needs such a number. The telephone of an
office on duty is a landline and stays.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from webapp.errors import Refused

_GAP = r"[ \-]?"
_IDENTITY = re.compile(rf"(?<!\d)[1-9]\d{{5}}{_GAP}(\d{{4}})(\d\d)(\d\d){_GAP}\d{{3}}[\dXx](?![\dXx])")
_OLD_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(\d\d)(\d\d)(\d\d)\d{3}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_CARD = re.compile(rf"(?<!\d)62\d\d(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}\d{{1,3}})?(?!\d)")
_ADVICE = {
    "身份证号码": "请删去；需要指明农户的，写村组和户主姓氏（如“二组张某户”）。",
    "银行卡号": "请删去；需要核对账户的，请当面核对。",
    "手机号码": "请删去；需要联系方式的，写单位值班电话（固定电话）。",
}


def kind_in(text: str) -> str | None:
    """What kind of personal number stands in a text: 身份证号码, 银行卡号 or 手机号码; None where there is none."""
    plain = unicodedata.normalize("NFKC", text)
    if any(_born(*map(int, found)) for found in _IDENTITY.findall(plain)):
        return "身份证号码"
    if any(_born(1900 + int(year), int(month), int(day)) for year, month, day in _OLD_IDENTITY.findall(plain)):
        return "身份证号码"
    if any(_luhn(found.group()) for found in _CARD.finditer(plain)):
        return "银行卡号"
    return "手机号码" if _MOBILE.search(plain) else None


def fault_of(text: str, name: str) -> str | None:
    """The sentence that refuses a text for a personal number in it; `name` is the field's."""
    kind = kind_in(text)
    return f"{name}中写有{kind}。{_ADVICE[kind]}" if kind else None


def refuse_in(text: str, name: str) -> None:
    """Raise `Refused` for a text with a personal number in it."""
    wrong = fault_of(text, name)
    if wrong:
        raise Refused(wrong)


def faults_in(written: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """The same for several fields, given as key, name and text: key → sentence."""
    return {key: wrong for key, name, text in written if (wrong := fault_of(text, name))}


def _born(year: int, month: int, day: int) -> bool:
    """Whether the middle of a number is a day on which somebody alive may be born: other long numbers have none."""
    try:
        return 1900 <= date(year, month, day).year <= 2100
    except ValueError:
        return False


def _luhn(number: str) -> bool:
    digits = [int(sign) for sign in reversed(number) if sign.isdigit()]
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10 == 0
