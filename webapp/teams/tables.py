"""Teams and the list of villages that must have one, as tables for a spreadsheet, in the order of codes (X-7)."""

from collections.abc import Iterable, Iterator

from webapp import clock
from webapp.org.codes import full
from webapp.permissions import ROLE_NAMES
from webapp.spreadsheets import Row
from webapp.teams.event_models import EVENTS, TeamEvent
from webapp.teams.events import Trained
from webapp.teams.models import GROUNDS, RECALL_STATES, Recall
from webapp.teams.queries import TeamLine

TEAM_HEADINGS = (
    "区划代码",
    "所属乡镇",
    "村",
    "村类别",
    "岗位",
    "姓名",
    "派出单位",
    "到村日期",
    "任期届满",
    "最后任职日",
    "提示",
    "未确认月份",
)
NEED_HEADINGS = ("区划代码", "所属乡镇", "村", "村类别", "依据文号", "第一书记", "工作队", "未覆盖")


def team_rows(lines: Iterable[TeamLine]) -> list[Row]:
    """One row a stationed person, and one for a village without any."""
    rows: list[Row] = []
    for line in lines:
        place = (full(line.unit.code), line.township, line.unit.name, "、".join(line.kinds))
        told = "".join(line.warnings), "、".join(line.months)
        for one in line.members:
            post = one.posting
            sender = post.sending_unit.name if post.sending_unit else ""
            who = (ROLE_NAMES[post.role], post.person.name, sender, post.starts_on, one.tenure.ends_on, post.ends_on)
            rows.append((*place, *who, *told))
        if not line.members:
            rows.append((*place, *[None] * 6, *told))
    return rows


def need_rows(lines: Iterable[TeamLine]) -> list[Row]:
    """One row a village that must have a first secretary or a team."""
    return [
        (
            full(line.unit.code),
            line.township,
            line.unit.name,
            "、".join(line.kinds),
            "、".join(sorted({row.document_no or "" for row in line.designations} - {""})),
            line.leader.posting.person.name if line.leader else "",
            "、".join(one.posting.person.name for one in line.members),
            "".join(line.lacking),
        )
        for line in lines
    ]


TRAINED_HEADINGS = ("区划代码", "村", "岗位", "姓名", "本年度培训")


def trained_rows(found: Iterable[Trained]) -> list[Row]:
    """One row a stationed person: had it or not, nothing else (X-8)."""
    return [
        (
            full(one.posting.unit_code),
            one.posting.division.name,
            ROLE_NAMES[one.posting.role],
            one.posting.person.name,
            "已参加" if one.done else "尚未参加",
        )
        for one in found
    ]


RECALL_HEADINGS = ("姓名", "岗位", "村", "区划代码", "派出单位", "事由", "状态", "最近办理日期")


def recall_rows(rows: Iterable[Recall]) -> Iterator[Row]:
    """One row a recall; what was said in it stays in its record."""
    for row in rows:
        yield (
            row.person_name,
            ROLE_NAMES[row.role],
            row.unit.name,
            full(row.unit_code),
            row.sending_unit.name if row.sending_unit else None,
            GROUNDS[row.ground],
            RECALL_STATES[row.state],
            clock.day_of(row.changed_at),
        )


EVENT_HEADINGS = ("主题", "类别", "举办单位", "区划代码", "日期", "文号", "状态")


def event_rows(rows: Iterable[TeamEvent]) -> Iterator[Row]:
    """One row a training or meeting."""
    for row in rows:
        state = "已撤回" if row.withdrawn_at else "已登记"
        place = row.unit.name, full(row.unit_code)
        yield row.subject, EVENTS[row.kind], *place, row.held_on, row.document_no, state
