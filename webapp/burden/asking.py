"""What keeps a demand from being asked at all: basis, owner, dates, minutes, fields (T-2, X-5, X-11, X-19, X-41). Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import date

from webapp.burden.proposals import AskedField, HeldField, Proposal
from webapp.burden.rules import Estimates
from webapp.org.codes import LEVEL_OF
from webapp.policy.held_fields import normal
from webapp.policy.workdays import WorkCalendar
from webapp.private_numbers import fault_of, faults_in
from webapp.words import day_words

LIMITS = {"title": 120, "basis": 200, "document_no": 80, "owner": 120}
NAMES = {"title": "任务名称", "basis": "依据文件", "document_no": "文号", "owner": "责任单位"}
KINDS = ("text", "int", "money", "date", "code", "bool")
MOST_FIELDS = 60
LONGEST_WORD = 60
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
# what may not be asked of anybody, whatever it is called.
FORBIDDEN_KINDS = ("photo", "picture", "image", "video", "file", "position", "location", "track", "signature")
_ANYWHERE = (
    r"照片|拍照|水印相机|截图|截屏|签到|打卡|轨迹|经纬度|刷脸|人脸|在线时长|学习时长|登录次数|图片|录像|影像资料|现场图"
    r"|视频(?!会议|会商|连线|调度|监控)|带定位|定位(照|信息|打卡|视频|图)|实时(位置|定位)|积分排名|点赞数|转发数"
)
"""Traces of work that may not be asked for in any words (X-1, X-6, X-37); a conference or a camera at the roadside is none."""
_AS_FIELD = re.compile(
    rf"{_ANYWHERE}|视频连线次数|定位$|坐标$|积分(情况|总数|得分|数量?)?$|排名"
)
_IN_WORDS = re.compile(_ANYWHERE)
_NOT_ASKED = re.compile(r"不得|不要|不再|不需|不用|不收|无需|禁止|严禁|停止|取消|清理|整治|纠正|杜绝|减负|问题|是否")
"""A clause that forbids traces, or asks whether somebody demands them, does not ask for them."""
_PARTS = re.compile(r"[、，,；;/()及和与或]+")
_PERSONAL_NUMBER = re.compile(
    r"((身份证件?|公民身份|证件|手机|银行卡?|一卡通|社保卡|存折)(号码?|卡号|[账帐]号)|银行[账帐]户|移动电话(号码?)?)$"  # S-1
)
_PERSONAL_CARD = re.compile(r"(身份证|手机|银行卡)$")
"""Without 号 it means the number only where words are asked for: as a figure it is how many there are."""
_CLAUSES = re.compile(r"[，。；！？,;!?\n]+")
# no report "on 贯彻落实情况", no matching document of one's own.
_ON_CARRYING_OUT = re.compile(r"(贯彻|学习宣传)[^，。；]{0,40}情况|落实情况的?(报告|汇报|总结|材料|综述)")
_MATCHING_DOCUMENT = re.compile(r"(制定|制订|出台|印发|报送|上报)[^，。；]{0,30}配套(文件|方案|办法|意见)")


def faults_of(
    proposal: Proposal,
    unit_codes: Collection[str],
    on: date,
    calendar: WorkCalendar,
    min_answer_workdays: int,
    estimates: Estimates,
) -> dict[str, str]:
    """What keeps a proposal from being admitted on a day, whoever else asks: field → sentence."""
    faults = _word_faults(proposal)
    outside = sorted(code for code in unit_codes if not code.startswith(proposal.owner_code))
    if len(proposal.owner_code) not in LEVEL_OF:
        faults["owner"] = "责任单位的区划代码不正确。请选择本单位。"
    elif outside:
        faults["units"] = f"代码 {some(outside)} 不在责任单位的下级范围内。请去掉后重新选择。"
    least = estimates.least(len(proposal.fields))
    if impossible := estimates.fault(proposal.minutes, "预计用时"):
        faults["minutes"] = impossible
    elif proposal.minutes < least:
        faults["minutes"] = f"有 {len(proposal.fields)} 个填报项，预计用时不会少于 {least} 分钟。请如实估计。"
    if proposal.urgent and not (proposal.urgent_approver or "").strip():
        faults["urgent_approver"] = "应急事项没有写明批准人。请填写批准人姓名，或者不作为应急事项。"
    late = due_fault(proposal.due_on, on, calendar, min_answer_workdays, urgent=proposal.urgent)
    if late:
        faults["due_on"] = late
    last = date(max(proposal.due_on, on).year, 12, 31)
    if proposal.ends_on < proposal.due_on:
        faults["ends_on"] = "停用日期早于截止日期。请改为截止日期或以后。"
    elif proposal.ends_on > last:
        faults["ends_on"] = f"停用日期最迟为{day_words(last)}，下一年度仍需要的，到时重新提出。"
    wrong = field_fault(proposal.fields)
    if wrong:
        faults["fields"] = wrong
    return faults


def _word_faults(proposal: Proposal) -> dict[str, str]:
    faults = {}
    written = {
        "title": proposal.title,
        "basis": proposal.basis,
        "document_no": proposal.document_no or "",
        "owner": proposal.owner_name,
    }
    for field, limit in LIMITS.items():
        if len(written[field]) > limit:
            faults[field] = f"{NAMES[field]}超过 {limit} 字，现有 {len(written[field])} 字。请删减。"
    faults |= faults_in([(field, NAMES[field], written[field]) for field in ("title", "basis")])
    if not proposal.title.strip():
        faults["title"] = "没有填写任务名称。请补填。"
    asked = {"title": proposal.title, "content": proposal.content, "evidence": proposal.evidence}
    faults |= {field: wrong for field, text in asked.items() if (wrong := words_fault(text)) is not None}
    if not proposal.basis.strip() and not (proposal.document_no or "").strip():
        faults["basis"] = "没有填写依据文件。请补填。"
    if not proposal.owner_name.strip():
        faults["owner"] = "没有填写责任单位。请补填。"
    return faults


def words_fault(text: str) -> str | None:
    """Why the words of a demand may not be asked of anybody: traces of work, reports on carrying out, matching documents.

    What forbids traces, or is about a demand for them, passes: 「清理打卡签到要求」.
    """
    for clause in _CLAUSES.split("".join(unicodedata.normalize("NFKC", text).split(" "))):
        if _ON_CARRYING_OUT.search(clause):
            return "不得要求基层报送“贯彻落实情况”。请改为要求办理的具体事项。"
        if _MATCHING_DOCUMENT.search(clause):
            return "不得要求基层制定配套文件。请改为要求办理的具体事项。"
        if (found := _IN_WORDS.search(clause)) is not None and not _NOT_ASKED.search(clause):
            return f"减负规定禁止要求照片、视频、定位、签到等留痕内容，请去掉“{found.group()}”。"
    return None


def due_fault(
    due_on: date, on: date, calendar: WorkCalendar, min_answer_workdays: int, *, urgent: bool = False
) -> str | None:
    """Why a deadline cannot stand: past, same day, too short, on a day of rest, or years away.

    An urgent demand may be due the same day, within the answer time and on a day of rest (X-19), never in the past.
    """
    earliest = calendar.add_workdays(on, min_answer_workdays)
    change = f"请改为{day_words(earliest)}或以后的工作日。"
    if due_on < on:
        return f"截止日期早于今天。{change}"
    if due_on.year > on.year + 5:
        return "截止日期在五年以后。请检查年份。"
    if urgent:
        return None
    if due_on == on:
        return f"不得要求当日报送。{change}"
    if due_on < earliest:
        return f"答复时间不足 {min_answer_workdays} 个工作日。{change}"
    if not calendar.is_workday(due_on):
        return f"截止日期是休息日。请改为{day_words(calendar.add_workdays(due_on, 1))}或其他工作日。"
    return None


def field_fault(fields: Collection[AskedField]) -> str | None:
    """The first thing that is wrong with the fields asked for; None when all is well."""
    return next(_field_faults(fields), None)


def _field_faults(fields: Collection[AskedField]) -> Iterator[str]:
    if len(fields) > MOST_FIELDS:
        yield f"要求的填报项有 {len(fields)} 个，超过 {MOST_FIELDS} 个。请只留下必需的。"
    names: set[str] = set()
    labels: set[str] = set()
    for number, field in enumerate(fields, 1):
        shown = field.label.strip() or f"第 {number} 个填报项"
        if not field.label.strip():
            yield f"第 {number} 个填报项没有名称。请补填。"
        if len(field.label) > LONGEST_WORD:
            yield f"第 {number} 个填报项的名称超过 {LONGEST_WORD} 字。请删减。"
        if _AS_FIELD.search(normal(field.label)) or field.kind in FORBIDDEN_KINDS:
            yield f"“{shown}”属于减负规定禁止要求的内容，不得要求填报。请去掉。"
        if _ON_CARRYING_OUT.search(field.label):
            yield f"“{shown}”要求报送贯彻落实情况，不得要求填报。请去掉。"
        if _asks_personal_number(field):
            yield f"“{shown}”属于个人号码，由掌握台账的单位保管，不得要求填报。请去掉。"
        if numbered := fault_of(" ".join((field.label, field.unit, *field.values)), "填报项"):
            yield numbered
        if field.kind not in KINDS:
            yield f"“{shown}”的类型不能使用。请改为文字、整数、金额、日期、选项或者是否。"
        if field.kind == "code" and len(set(field.values)) < 2:  # noqa: PLR2004 - one value is no choice
            yield f"“{shown}”是选项，至少要有两个不同的值。请补充。"
        if not _NAME.fullmatch(field.name):
            yield f"“{shown}”的标识不正确。请用小写字母开头，只用字母、数字和下划线。"
        if field.name in names or normal(field.label) in labels:
            yield f"“{shown}”要求了两次。请去掉一个。"
        names.add(field.name)
        labels.add(normal(field.label))


def _asks_personal_number(field: AskedField) -> bool:
    """Whether a field wants what no answer may hold: 户主身份证号, 手机号码."""
    parts = _PARTS.split("".join(unicodedata.normalize("NFKC", field.label).split()))
    if field.kind not in ("text", "int"):
        return False
    return any(
        _PERSONAL_NUMBER.search(part) or (field.kind == "text" and _PERSONAL_CARD.search(part)) for part in parts
    )


def held_fault(fields: Collection[AskedField], held: Collection[HeldField]) -> str | None:
    """Why a demand for nothing but held data is refused outright, naming the holders (X-4)."""
    if not fields or len(held) < len(fields):
        return None
    named = [f"“{one.field.label}”由{one.holder}掌握" for one in held]
    return f"所要内容都已有：{some(named)}。请直接调用，不再下达；所问不是此项的，请把填报项名称写全。"


def some(words: Collection[str], most: int = 5) -> str:
    """The first few of a list: "甲、乙等 9 个"."""
    shown = "、".join(list(words)[:most])
    return shown if len(words) <= most else f"{shown}等 {len(words)} 个"
