"""问题整改 of the demo: invented issues of the county's townships, each at another step of its way."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from webapp.access import Viewer, acting_as
from webapp.clock import CHINA
from webapp.demo.people import Staff
from webapp.demo.places import COUNTY
from webapp.org.queries import valid_grants
from webapp.policy.workdays import WorkCalendar
from webapp.rectification import entering, second_looks, service
from webapp.rectification.models import Issue
from webapp.rectification.rules import Particulars

DOCUMENT = "省考核反馈意见（演示）"


class Life:
    """One issue and the people who move it, on working days before the set-up."""

    def __init__(self, session: Session, staff: Staff, calendar: WorkCalendar, today: date) -> None:
        self._session, self._staff, self._calendar, self._today = session, staff, calendar, today

    def day(self, workdays: int) -> date:
        """The day so many working days after (negative: before) the set-up."""
        return self._calendar.add_workdays(self._today, workdays)

    def enter(self, one: Particulars, ago: int) -> Issue:
        key = str(uuid5(NAMESPACE_URL, f"demo:{one.description}"))
        return self._by(
            COUNTY,
            "task.issue",
            ago,
            lambda at: entering.enter(self._session, one, issuer_code=COUNTY, request_id=key, at=at),
        )

    def begun(self, one: Particulars, ago: tuple[int, int, int], measure: str) -> Issue:
        """Entered, claimed and started so many working days ago."""
        entered, claimed, started = ago
        row = self.enter(one, entered)
        self.lead(row, claimed, lambda at: service.claim(self._session, row.id, at=at))
        self.lead(row, started, lambda at: service.start(self._session, row.id, measure=measure, at=at))
        return row

    def lead(self, row: Issue, ago: int, act: Callable[[datetime], Issue]) -> Issue:
        """An act of the lead unit."""
        return self._by(row.unit_code, "task.answer", ago, act)

    def above(self, ago: int, act: Callable[[datetime], object]) -> None:
        """An act of the county."""
        self._by(COUNTY, "task.verify", ago, act)

    def _by(self, unit: str, permission: str, ago: int, act: Callable[[datetime], Any]) -> Any:
        on = self.day(-ago)
        post = self._staff.with_permission(permission, unit, on)[0]
        grants = valid_grants(self._session, post.person_id, on)
        with acting_as(self._session, Viewer("account", post.person.name, person_id=post.person_id, grants=grants)):
            return act(datetime.combine(on, time(10, 15), CHINA))


def run(session: Session, staff: Staff, calendar: WorkCalendar, townships: list[str], today: date) -> None:
    """Enter the issues and let them live until the day before the set-up."""
    life = Life(session, staff, calendar, today)
    _closed(session, life, townships[1])
    _asked_to_close(session, life, townships[2])
    _being_put_right(session, life, townships[0])
    _overdue(session, life, townships[4])
    life.enter(
        Particulars(
            source="unannounced_visit",
            source_document="暗访情况通报（演示）",
            issue_class="individual",
            description="村卫生室公示的药品目录没有更新，群众不清楚哪些药可以报销。",
            leader="副乡长（演示）",
            unit_code=townships[3],
            due_on=life.day(15),
            evidence=("更新后的药品目录", "公示记录"),
        ),
        1,
    )


def _closed(session: Session, life: Life, unit: str) -> None:
    one = Particulars(
        source="self_check",
        source_document="上半年自查情况（演示）",
        issue_class="individual",
        description="两个村民小组的饮水管网检修没有留下记录，损坏后不知道由谁修。",
        leader="副乡长（演示）",
        unit_code=unit,
        due_on=life.day(-20),
        evidence=("管护责任人名单", "检修记录"),
    )
    row = life.begun(one, (60, 58, 57), "每个村民小组确定一名管护人，检修后登记，乡里每季度看一次。")
    proofs = ["名单一份，存乡农业农村服务中心", "检修记录两本，存村委会"]
    life.lead(
        row,
        30,
        lambda at: service.request_closure(session, row.id, outcome="管护人已公布，检修已登记。", proofs=proofs, at=at),
    )
    life.above(28, lambda at: service.verify(session, row.id, at=at))
    life.above(27, lambda at: service.close_out(session, row.id, at=at))
    key = str(uuid5(NAMESPACE_URL, f"demo:draw:{row.id}"))
    life.above(25, lambda at: second_looks.draw(session, COUNTY, key, at))


def _asked_to_close(session: Session, life: Life, unit: str) -> None:
    one = Particulars(
        source="audit",
        source_document="帮扶项目资产审计报告（演示）",
        source_number="3",
        issue_class="individual",
        description="一处烘干房移交后没有登记资产台账。",
        leader="副乡长（演示）",
        unit_code=unit,
        due_on=life.day(3),
        evidence=("资产登记表",),
    )
    row = life.begun(one, (20, 19, 18), "核对移交手续，补登资产台账。")
    proofs = ["登记表一份，存乡财政所"]
    life.lead(
        row, 2, lambda at: service.request_closure(session, row.id, outcome="已补登资产台账。", proofs=proofs, at=at)
    )


def _being_put_right(session: Session, life: Life, unit: str) -> None:
    one = Particulars(
        source="provincial_assessment",
        source_document=DOCUMENT,
        source_number="12",
        issue_class="common",
        description="安置点公共厕所化粪池没有定期清掏。",
        leader="副镇长（演示）",
        unit_code=unit,
        due_on=life.day(8),
        evidence=("清掏合同", "村民代表现场确认意见"),
    )
    life.begun(one, (12, 11, 10), "与清运公司签订合同，每月清掏一次，费用由镇里承担。")


def _overdue(session: Session, life: Life, unit: str) -> None:
    """What the ladder of consequences is about: its deadline has passed and nobody has asked to close it."""
    one = Particulars(
        source="inspection",
        source_document="县委巡察反馈意见（演示）",
        source_number="7",
        issue_class="individual",
        description="三个村的村务公开栏半年没有更新，低保名单没有公示。",
        leader="副乡长（演示）",
        unit_code=unit,
        due_on=life.day(-8),
        evidence=("更新后的公开栏内容", "公示记录"),
    )
    life.begun(one, (30, 28, 27), "各村每季度首月更新公开栏，乡纪委逐村核对。")
