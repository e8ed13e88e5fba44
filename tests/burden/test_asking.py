"""What may not be asked, whoever asks it: words, dates, minutes and fields (T-2, X-1, X-5, X-6, X-11, X-19, X-41)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.burden.making import DUE, EXTINGUISHERS, TODAY, changed
from tests.factories import COUNTY, NEIGHBOUR_VILLAGE, VILLAGE
from webapp.burden.asking import KINDS, due_fault, faults_of
from webapp.burden.gate import AskedField
from webapp.burden.rules import Estimates
from webapp.policy.workdays import WorkCalendar

CALENDAR = WorkCalendar.of(off=[date(2026, 10, 26)], work=[date(2026, 10, 17)], years=[2026, 2027])


def faults(units: tuple[str, ...] = (VILLAGE,), **values: object) -> dict[str, str]:
    return faults_of(changed(**values), units, TODAY, CALENDAR, 3, Estimates(480, 10))


def test_a_plain_demand_has_no_fault() -> None:
    assert faults() == {}
    assert faults(fields=tuple(AskedField(f"f{n}", f"第{n}种设备数量", "int") for n in range(20))) == {}


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"title": " "}, "title", "没有填写任务名称。请补填。"),
        ({"title": "长" * 121}, "title", "超过 120 字"),
        ({"basis": "", "document_no": None}, "basis", "没有填写依据文件。请补填。"),
        ({"basis": "长" * 201}, "basis", "超过 200 字"),
        ({"owner_name": ""}, "owner", "没有填写责任单位"),
        ({"owner_code": "53332"}, "owner", "区划代码不正确"),
        ({"minutes": 0}, "minutes", "1 至 480 分钟"),
        ({"minutes": 481}, "minutes", "1 至 480 分钟"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on", "截止日期早于今天"),
        ({"due_on": TODAY}, "due_on", "不得要求当日报送"),
        ({"due_on": date(2026, 10, 14)}, "due_on", "不足 3 个工作日"),
        ({"due_on": date(2026, 10, 25)}, "due_on", "休息日"),
        ({"due_on": date(2026, 10, 26)}, "due_on", "休息日"),
        ({"ends_on": DUE - timedelta(days=1)}, "ends_on", "早于截止日期"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on", "最迟为2026年12月31日"),
        ({"urgent": True}, "urgent_approver", "批准人"),
        ({"urgent": True, "urgent_approver": "和国华", "due_on": date(2026, 10, 11)}, "due_on", "早于今天"),
        ({"title": "关于贯彻落实中央一号文件情况的报告"}, "title", "不得要求基层报送“贯彻落实情况”"),
        ({"title": "上报责任制落实情况报告"}, "title", "不得要求基层报送"),
        ({"title": "制定防火工作配套方案"}, "title", "配套文件"),
        ({"title": "报送走访照片"}, "title", "减负规定禁止"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values: dict[str, object], field: str, told: str) -> None:
    found = faults(**values)
    assert set(found) == {field} and told in found[field]


def test_a_document_number_alone_is_a_basis() -> None:
    assert faults(basis="", document_no="福政办发〔2026〕31号") == {}


def test_a_weekend_worked_is_a_working_day() -> None:
    assert faults(due_on=date(2026, 10, 17)) == {}


@pytest.mark.parametrize("day", [TODAY, date(2026, 10, 13), date(2026, 10, 18)])
def test_an_urgent_demand_with_its_approver_may_be_due_the_same_day_or_on_a_day_of_rest(day: date) -> None:
    assert faults(urgent=True, urgent_approver="和国华", due_on=day) == {}


def test_an_estimate_that_nobody_can_keep_is_refused() -> None:
    many = tuple(AskedField(f"f{n}", f"第{n}种设备数量", "int") for n in range(30))
    assert "不会少于 5 分钟" in faults(fields=many, minutes=4)["minutes"]
    assert faults(fields=many, minutes=5) == {}


def test_a_unit_outside_the_owner_is_named() -> None:
    assert NEIGHBOUR_VILLAGE in faults((VILLAGE, NEIGHBOUR_VILLAGE))["units"]
    assert faults((COUNTY, VILLAGE)) == {}


@pytest.mark.parametrize("kind", ["photo", "video", "position", "file", "track"])
def test_no_field_takes_a_picture_or_a_position(kind: str) -> None:
    assert "减负规定禁止" in faults(fields=(AskedField("f1", "现场情况", kind),))["fields"]


@pytest.mark.parametrize(
    "label",
    [
        "入户照片",
        "工作照片（不少于 3 张）",
        "每日签到",
        "打卡次数",
        "手机定位",
        "学习积分",
        "工作视频",
        "在线时长",
        "村排名",
        "工作现场图片几张",
        "视频连线次数",
        "积分情况",
        "排名情况",
        "现场图",
    ],
)
def test_no_field_asks_for_traces_of_work(label: str) -> None:
    assert "减负规定禁止" in faults(fields=(AskedField("f1", label),))["fields"]


@pytest.mark.parametrize(
    "label",
    [
        "户主身份证号",
        "手机号码",
        "银行卡号",
        "身份证",
        "户主姓名、身份证号及住址",
        "联系方式（手机）",
        "身份证号码（18 位）",
        "银行账户",
        "一卡通账号",
    ],
)  # S-1
def test_no_field_asks_for_a_number_that_names_a_person(label: str) -> None:
    assert "个人号码" in faults(fields=(AskedField("f1", label),))["fields"]


def test_a_number_that_names_a_person_stands_in_no_field() -> None:
    asked = AskedField("f1", "补办对象", "code", values=("张三 110101199003074514", "李四"))
    assert "填报项中写有身份证号码" in faults(fields=(asked,))["fields"]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("未办身份证人数", "int"),
        ("遗失身份证", "int"),
        ("手机", "int"),
        ("手机信号覆盖户数", "int"),
        ("是否持有身份证", "bool"),
        ("银行卡发放数量", "int"),
        ("值班电话", "text"),
    ],
)
def test_a_field_about_cards_and_phones_passes(label: str, kind: str) -> None:
    assert faults(fields=(AskedField("f1", label, kind),)) == {}


@pytest.mark.parametrize(
    "label", ["爱心积分超市数量", "产业定位说明", "视频监控数量", "影像馆数量", "积分制推行方式"]
)
def test_words_that_only_look_like_traces_pass(label: str) -> None:
    assert faults(fields=(AskedField("f1", label),)) == {}


@pytest.mark.parametrize("field", ["title", "content", "evidence"])
@pytest.mark.parametrize(
    "words", ["每户拍照上传", "先签到打卡，再入户", "带定位的视频", "每户现场照片不少于5张", "报送学习贯彻会议精神情况"]
)
def test_no_words_ask_for_traces_or_reports_on_carrying_out(field: str, words: str) -> None:
    assert set(faults(**{field: words})) == {field}


@pytest.mark.parametrize(
    "words",
    [
        "排查房前屋后隐患，不得要求照片",
        "清理打卡签到要求",
        "存在要求村干部每天打卡签到、拍照留痕的问题",
        "参加视频会议",
        "转发通知",
        "明确功能定位",
    ],
)
def test_words_that_forbid_traces_or_mean_something_else_pass(words: str) -> None:
    assert faults(title=words, content=words, evidence=words) == {}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((AskedField("f1", " "),), "没有名称"),
        ((AskedField("F 1", "灭火器数量"),), "标识不正确"),
        ((AskedField("f1", "灭火器数量", "anything"),), "类型不能使用"),
        ((AskedField("f1", "是否达标", "code", values=("是",)),), "至少要有两个"),
        ((EXTINGUISHERS, AskedField("f2", "本村灭火器数量（个）")), "要求了两次"),
        ((EXTINGUISHERS, AskedField("extinguishers", "水带数量")), "要求了两次"),
        ((AskedField("f1", "贯彻落实会议精神情况"),), "贯彻落实情况"),
        (tuple(AskedField(f"f{n}", f"第{n}项数量") for n in range(61)), "超过 60 个"),
    ],
)
def test_fields_are_well_made(fields: tuple[AskedField, ...], told: str) -> None:
    assert told in faults(fields=fields, minutes=60)["fields"]


DAYS = st.dates(date(2026, 9, 1), date(2027, 1, 31))


@given(DAYS, st.integers(1, 10))
def test_nothing_but_urgency_waives_the_answer_time(due: date, answer: int) -> None:
    plain = due_fault(due, TODAY, CALENDAR, answer)
    urgent = due_fault(due, TODAY, CALENDAR, answer, urgent=True)
    enough = CALENDAR.workdays_between(TODAY, due) >= answer and CALENDAR.is_workday(due)
    assert (plain is None) == enough
    assert (urgent is None) == (due >= TODAY)


@given(
    st.builds(AskedField, st.text(max_size=70), st.text(max_size=70), st.sampled_from((*KINDS, "photo")), st.just(""))
)
def test_no_field_breaks_the_judge(field: AskedField) -> None:
    found = faults(fields=(field,))
    assert found.get("fields", "。").endswith("。")
