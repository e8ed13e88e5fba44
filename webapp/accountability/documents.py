"""An answer that is a document number, or a file, with its date, and no more: evidence `document` and `import_batch`."""

import unicodedata
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accountability.models import AccountabilityTask, AssignmentFile
from webapp.errors import Faulty
from webapp.policy.work_areas import Template
from webapp.words import clean, day_words

DOCUMENT, WORDS = "document", "text"
NUMBER_LIMIT = 60
EARLIEST = date(2000, 1, 1)
_BRACKETS = str.maketrans(dict.fromkeys("[({【", "〔") | dict.fromkeys("])}】", "〕"))


def answer_kind(evidence: str) -> str:
    """How a template's task is answered, by the kind of its evidence."""
    return DOCUMENT if evidence in ("document", "import_batch") else WORDS


def content_of(template: Template, words: str) -> str:
    """What the task of a template asks for in a period: where a document proves it, its number and date are enough."""
    told = (
        "填报文号（或者上传文件）和日期即可，不另写情况"
        if answer_kind(template.evidence) == DOCUMENT
        else "如实反馈结果；没有变化的填“无变化”，不另写报告"
    )
    return f"按责任清单完成{words}“{template.title}”，{told}。"


def asks_document(task: AccountabilityTask) -> bool:
    """Whether a task is answered by document number or file and date alone."""
    return task.answer_kind == DOCUMENT


def as_numbered(words: str) -> str:
    """Words as a document number holds them: whatever brackets were typed become 〔〕, full-width figures usual ones."""
    return unicodedata.normalize("NFKC", words).translate(_BRACKETS)


def document_faults(number: str, day: date | None, files: int, today: date) -> dict[str, str]:
    """Field → what is wrong with a document number and date; a file stands for the number."""
    faults = {}
    if not number and not files:
        faults["document_no"] = "没有填写文号。请填写文号或者批次号；没有文号的，先上传文件。"
    elif len(number) > NUMBER_LIMIT:
        faults["document_no"] = f"文号超过 {NUMBER_LIMIT} 字。请删减。"
    if day is None:
        faults["document_on"] = "没有填写文件日期。请补填。"
    elif not EARLIEST <= day <= today:
        faults["document_on"] = f"文件日期应在今天（{day_words(today)}）或以前。请改正。"
    return faults


def said_by(session: Session, assignment_id: int, number: str | None, day: date | None, today: date) -> str:
    """What a document says as a report in words. Raises `Faulty` by field."""
    typed = clean(number)
    counted = select(func.count(AssignmentFile.id)).where(AssignmentFile.assignment_id == assignment_id)
    files = session.scalar(counted) or 0
    faults = document_faults(typed, day, files, today)
    if faults:
        raise Faulty(faults)
    return words_of(typed, day)


def words_of(number: str, day: date | None) -> str:
    """ "文号：福政办发〔2026〕31号，日期：2026年11月4日", or the files and the date."""
    return f"{f'文号：{number}' if number else '文件见佐证材料'}，日期：{day_words(day) if day else ''}"
