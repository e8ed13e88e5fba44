"""One-off tasks of the demo: from the county to townships and villages, from a township to its villages."""

from dataclasses import dataclass
from datetime import date
from random import Random

from webapp.demo.issuing import Desk, Wanted
from webapp.demo.places import COUNTY, Places
from webapp.policy.workdays import WorkCalendar

TOWNSHIP = "533323101"


@dataclass(frozen=True)
class Matter:
    """A matter that some units must deal with: month and day of issue, working days to answer, minutes it costs."""

    issued_on: date
    workdays: int
    to: str
    """ "villages", "townships" or "own villages" (of one township)."""
    minutes: int
    title: str
    content: str
    evidence: str = "点位清单或“无变化”"


MATTERS = (
    Matter(date(2025, 11, 6), 10, "villages", 30, "冬春农田水利设施检修点位核对",
           "核对本村沟渠、蓄水池、抽水设施损坏点位，能自行修复的先修复，需上级安排的写明地点和原因。"),
    Matter(date(2025, 12, 3), 8, "townships", 40, "低温雨雪天气困难群众生活保障安排",
           "核对独居老人、重病重残家庭取暖和口粮情况，落实联系人，存在困难的当日协调解决。", "联系人清单"),
    Matter(date(2026, 1, 7), 8, "villages", 20, "返乡务工人员就近就业意愿核对",
           "了解春节前返乡人员留乡务工意愿，有意愿的按岗位类别列出人数，由县里统一对接。", "人数清单"),
    Matter(date(2026, 1, 21), 6, "own villages", 15, "春节前安全用电用火入户提醒",
           "结合日常走访提醒农户安全用电用火，发现隐患的当场帮助处理，处理不了的报镇里。"),
    Matter(date(2026, 2, 25), 8, "townships", 30, "春耕种子化肥供应缺口核对",
           "核对辖区春耕种子、化肥、农膜供应情况，有缺口的写明品种和数量。", "缺口清单"),
    Matter(date(2026, 3, 9), 10, "villages", 25, "森林草原防火责任区公布",
           "将防火责任区、责任人和报警电话在村务公开栏公布，一次公布全年有效。", "公开栏公布日期"),
    Matter(date(2026, 4, 8), 8, "villages", 30, "汛前地质灾害隐患点转移路线核对",
           "逐个隐患点核对转移路线、安置点和联络员，路线中断的写明位置。"),
    Matter(date(2026, 5, 7), 10, "villages", 20, "草果种植管护技术培训需求汇总",
           "按自然村组汇总培训内容和时间需求，避开农忙，由县农业农村局统一派员。", "需求清单"),
    Matter(date(2026, 6, 4), 7, "villages", 25, "汛期饮水管网损毁点位上报",
           "核对饮水管网损毁点位和影响户数，已修复的写明修复日期。"),
    Matter(date(2026, 7, 6), 10, "townships", 40, "安置社区就业服务站运行情况核对",
           "核对服务站人员、岗位信息更新和零就业家庭帮扶情况，存在问题的写明整改时间。", "问题清单"),
    Matter(date(2026, 8, 5), 10, "villages", 20, "秋季学期学生返校交通需求核对",
           "核对边远村组学生返校乘车需求，写明乘车点和人数，由县里统一安排车辆。", "乘车点清单"),
    Matter(date(2026, 8, 20), 6, "own villages", 15, "村内道路塌方点修复进度核对",
           "核对七月强降雨后塌方点修复进度，未修复的写明是否影响通行。"),
    Matter(date(2026, 9, 7), 10, "villages", 25, "草果采收季用工和用电安全安排",
           "核对采收用工缺口和烘烤用电安全，有隐患的先整改，缺工的写明人数和时段。"),
    Matter(date(2026, 10, 9), 10, "villages", 30, "冬季取暖用电安全检查安排",
           "对集中居住点和独居老人户取暖用电情况作一次检查，能当场整改的当场整改。"),
    Matter(date(2026, 10, 12), 9, "townships", 40, "到期帮扶项目资产移交手续补办",
           "核对已到期未移交的帮扶项目资产，补办移交手续，确有困难的写明原因和完成时间。", "移交清单"),
)  # fmt: skip
# The matter that was taken back from some villages because a department did it centrally.
RECALLED = 10


def issue(desk: Desk, places: Places, calendar: WorkCalendar, rng: Random) -> None:
    """Issue all matters in the order of days. Every unit has its own way of answering, good or slow."""
    slow = set(rng.sample(places.villages, 9)) | {places.townships[5]}
    for number, matter in enumerate(MATTERS):
        units = _units(matter, places, rng)
        courses = {unit: _course(unit in slow, rng) for unit in units}
        if number == RECALLED:
            courses |= dict.fromkeys(rng.sample(units, 6), "recalled")
        desk.issue(_wanted(number, matter, calendar), courses)


def _wanted(number: int, matter: Matter, calendar: WorkCalendar) -> Wanted:
    return Wanted(
        title=matter.title,
        content=matter.content,
        basis=f"演示〔{matter.issued_on.year}〕{number + 11}号",
        evidence=matter.evidence,
        minutes=matter.minutes,
        issuer_code=TOWNSHIP if matter.to == "own villages" else COUNTY,
        issued_on=matter.issued_on,
        due_on=calendar.add_workdays(matter.issued_on, matter.workdays),
    )


def _units(matter: Matter, places: Places, rng: Random) -> list[str]:
    if matter.to == "townships":
        return places.townships
    if matter.to == "own villages":
        return [code for code in places.villages if code.startswith(TOWNSHIP)]
    others = [code for code in places.villages if code not in places.designated]
    return sorted(rng.sample(places.designated, 18) + rng.sample(others, 8))


def _course(slow: bool, rng: Random) -> str:
    if slow:
        return rng.choice(("in_time", "late", "late", "returned", "unanswered"))
    return rng.choice(("in_time",) * 16 + ("late", "late", "returned", "returned", "unanswered"))
