"""What the parameters of rule packs are called on pages, and how their values are said."""

from collections.abc import Iterator
from typing import Any

from webapp.permissions import ROLE_NAMES

GROUPS = {
    "presence": "在岗",
    "leave": "请假",
    "absence": "离岗核实",
    "tenure": "任期",
    "team": "工作队",
    "support": "驻村保障",
    "township": "乡镇例会",
    "person": "人员考核",
    "appeal": "申诉",
    "area": "地区考核",
    "score": "评分",
    "duty": "责任事项",
    "monitor": "动态监测",
    "publicity": "公示",
    "funds": "资金",
    "key_county": "重点帮扶县",
    "asset": "项目资产",
    "post": "公益岗位",
    "work_relief": "以工代赈",
    "issue": "问题整改",
    "task": "责任任务",
    "verify": "核验抽查",
    "notice": "提醒时段",
    "burden": "减负",
    "audit_log": "审计记录",
    "pia": "个人信息影响评估",
    "password": "密码",
    "session": "登录会话",
    "device": "设备",
}
MARKS = {
    "official text": "国家规定",
    "local example": "地方做法",
    "commonly stated, check": "通行做法，引用前请核对",
    "product decision": "系统设定",
}
_NAMES = {
    "presence.window": ("在岗天数统计周期", ""),
    "presence.min_days": ("最少在岗天数", "天"),
    "presence.official_trip_counts": ("因公外出计入在岗", ""),
    "presence.night_rule": ("驻村住宿要求", ""),
    "presence.check_max_days": ("一次抽查安排最长", "天"),
    "presence.check_max_persons": ("一次抽查最多", "人"),
    "leave.tier1_max_days": ("乡镇可批准的最长天数", "天"),
    "leave.tier1_approver": ("第一级审批", ""),
    "leave.tier2_approver": ("第二级审批", ""),
    "leave.count": ("请假天数计算", ""),
    "leave.return_required": ("需要销假", ""),
    "leave.substitute": ("审批人不在时", ""),
    "leave.answer_hours": ("审批时限", "小时"),
    "leave.annual_days": ("年休假天数", ""),
    "leave.reason_years": ("病假原因类别保存", "年"),
    "absence.effects": ("第一、二、三次的影响", ""),
    "absence.reply_workdays": ("本人申辩时限", "个工作日"),
    "tenure.min_years": ("最短任期", "年"),
    "tenure.late_send_days": ("离任后可补报任期内日志", "天"),
    "tenure.handover_days": ("交接时限", "天"),
    "tenure.ending_days": ("任期将满的提示时间", "天"),
    "tenure.extension_max_years": ("一次延长任期最长", "年"),
    "team.min": ("最少人数", "人"),
    "team.max": ("最多人数", "人"),
    "team.training_per_year": ("每年培训", "次"),
    "team.rules": ("本地组队要求", ""),
    "support.county_funds": ("县级工作经费", ""),
    "support.work_funds": ("派出单位工作经费", ""),
    "support.allowance": ("生活和通讯补贴", ""),
    "support.health_check": ("年度体检", ""),
    "support.insurance": ("人身意外伤害保险", ""),
    "support.medical": ("医疗费用", ""),
    "support.hardship": ("艰苦边远地区津贴", ""),
    "support.detached": ("与原岗位工作脱钩", ""),
    "support.least_days": ("年内任职不足即不自动列入", "天"),
    "township.meetings_per_month": ("每月例会", "次"),
    "person.grades": ("等次", ""),
    "person.excellent_quota": ("优秀比例", ""),
    "person.excellent_cap": ("优秀比例上限", ""),
    "person.quota_rounding": ("名额取整", ""),
    "person.sheet": ("测评权重", ""),
    "appeal.days": ("申诉期限", "个工作日"),
    "area.scheme": ("采用的指标体系", ""),
    "area.grades": ("等次", ""),
    "area.max_score": ("满分", "分"),
    "score.min_denominator": ("可评分的最小分母", ""),
    "duty.grace_days": ("宽限期", "天"),
    "duty.county_visit_set": ("县级书记遍访范围", ""),
    "duty.city_visit_set": ("市级书记遍访范围", ""),
    "duty.township_visit_set": ("乡镇书记遍访范围", ""),
    "duty.village_contact_set": ("村书记联系范围", ""),
    "duty.special_sessions_per_year": ("每年专题研究", "次"),
    "duty.catch_up_days": ("首次开通时补开的天数", "天"),
    "duty.term_max_years": ("一届任期最长", "年"),
    "monitor.categories": ("监测对象类别", ""),
    "monitor.line_yuan": ("监测范围（每人每年）", "元"),
    "monitor.days_total": ("认定总时限", "天"),
    "monitor.days_count": ("时限计算", ""),
    "monitor.clock_end": ("时限截止于", ""),
    "monitor.days_home_check": ("入户核实", "天"),
    "monitor.days_comparison": ("信息比对", "天"),
    "monitor.publicity_days_in": ("纳入公示", "天"),
    "monitor.publicity_days_out": ("退出公示", "天"),
    "monitor.measure_days": ("措施落实", "天"),
    "monitor.able_min_dev_measures": ("有劳动力户最少开发式帮扶措施", "项"),
    "monitor.stable_months": ("风险消除前稳定期", "个月"),
    "monitor.full_checks_per_year": ("每年集中排查", "次"),
    "monitor.alert_check_days": ("预警核查", "天"),
    "publicity.forbidden_fields": ("公示中不得出现", ""),
    "funds.names": ("资金名称", ""),
    "key_county.lists": ("名单层级", ""),
    "asset.register_days": ("验收后登记", "天"),
    "asset.inspection_months": ("巡查间隔", "个月"),
    "post.publicity_days": ("公示", "天"),
    "post.min_age": ("最小年龄", "周岁"),
    "post.max_age_new": ("新聘最大年龄", "周岁"),
    "post.max_per_household": ("每户最多", "人"),
    "post.exclude_risk_removed": ("风险已消除户不再聘用", ""),
    "post.pay_yuan_month": ("月补贴", "元"),
    "work_relief.pay_share_min": ("劳务报酬最低占比", ""),
    "issue.second_look_days": ("回头看", "天"),
    "issue.lateral_minutes": ("举一反三清单的用时（起填值）", "分钟"),
    "issue.lateral_workdays": ("举一反三清单的期限（起填值）", "个工作日"),
    "task.escalate_days": ("逾期后转督办", "个工作日"),
    "task.near_due_workdays": ("临期提示", "个工作日"),
    "task.reminders_before": ("到期前催办", "次"),
    "task.reminders_after": ("到期后催办", "次"),
    "task.ladder_deciders": ("督办各步决定人", ""),
    "task.follow_up_workdays": ("报告所列后续事项的期限", "个工作日"),
    "verify.sample_share": ("抽查比例", ""),
    "verify.sample_min": ("最少抽查", "项"),
    "notice.from": ("开始", ""),
    "notice.to": ("结束", ""),
    "burden.requests_month": ("每村每月常规要求", "项"),
    "burden.minutes_month": ("每村每月用时", "分钟"),
    "burden.min_answer_workdays": ("最短答复时间", "个工作日"),
    "burden.complaint_answer_workdays": ("投诉建议答复时限", "个工作日"),
    "burden.minutes_max": ("一项要求用时的上限", "分钟"),
    "burden.field_seconds": ("每个填报项至少用时", "秒"),
    "burden.answers_for_median": ("改用实际用时中位数所需的答复", "份"),
    "audit_log.retention_days": ("保存", "天"),
    "pia.retention_years": ("保存", "年"),
    "password.min_len": ("最短长度", "位"),
    "password.classes": ("字符种类", "种"),
    "password.max_age_days": ("更换周期", "天"),
    "password.fails": ("锁定前可错", "次"),
    "password.lock_min": ("锁定", "分钟"),
    "session.idle_min": ("无操作退出", "分钟"),
    "session.absolute_hours": ("最长登录", "小时"),
    "device.token_days": ("设备免登录上报", "天"),
}
_WORDS = {
    "month": "月",
    "quarter": "季度",
    "year": "年",
    "none": "无",
    "five_days_four_nights": "五天四夜",
    "duty_rota": "轮流值守",
    "township_secretary": "乡镇党委书记",
    "county_organisation_department": "县委组织部",
    "county_desk": "县级经办",
    "calendar_days": "自然日",
    "working_days": "工作日",
    "delegation": "书面委托人",
    "deputy": "指定副职",
    "next_tier": "上一级审批人",
    "not_excellent": "不得评为优秀",
    "not_excellent_or_basically_competent": "不得评为优秀或评为基本称职",
    "basically_competent": "基本称职",
    "incompetent": "不称职",
    "down": "舍去小数",
    "half_up": "四舍五入",
    "up": "进一",
    "province": "省",
    "city": "市",
    "county": "县",
    "township": "乡镇",
    "village": "村",
    "team": "工作队",
    "sending_unit": "派出单位",
    "standing-provisional-2026": "常态化帮扶责任落实考核指标体系（2026年暂行）",
    "post-evaluation-2021": "后评估框架（2021年）",
    "all_villages_in_term": "任期内全部行政村",
    "at_least_one_link_township": "至少一个联系乡镇",
    "all_townships_in_term": "任期内全部乡镇",
    "all_natural_villages_in_term": "任期内全部自然村组",
    "all_households_each_year": "每年全部农户（走访或联系）",
    "at_risk": "防止返贫致贫对象",
    "unstable": "脱贫不稳定户",
    "marginal": "边缘易致贫户",
    "sudden": "突发严重困难户",
    "decision": "审定",
    "measures": "措施落实",
    "measures_in_place": "措施落实",
    "id_number": "身份证号",
    "phone": "电话",
    "bank_account": "银行账号",
    "health": "健康信息",
    "remind": "提醒",
    "talk": "约谈",
    "circular": "通报",
    "listed_supervision": "挂牌督办",
    "accountability": "问责",
    "desk": "下达单位经办",
    "secretary": "下达单位书记",
    "outside": "系统外决定，只记文号",
}


def name_of(key: str) -> str:
    """The parameter's name on pages."""
    return _NAMES[key][0]


def value_words(key: str, value: Any) -> str:
    """A value with its unit: ("tenure.handover_days", 7) → "7 天"; an open one is said to be open."""
    unit = _NAMES[key][1]
    said = _said(value)
    return f"{said} {unit}" if unit and not isinstance(value, (dict, list, type(None))) else said


def _said(value: Any) -> str:
    if value is None:
        return "由地方确定"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        if set(value) == {"from", "value"}:
            return f"自 {value['from']} 起 {_said(value['value'])}"
        if value.get("of") == "workdays":
            return f"工作日的 {value['numerator']}/{value['denominator']}"
        if set(value) == {"years", "days"}:
            return f"满 {value['years']} 年 {value['days']} 天"
        if "words" in value:
            return str(value["words"])
        if "owner" in value:
            return "，".join(_support_words(value))
        return "；".join(f"{_said(name)} {_said(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "无" if not value else "、".join(_said(part) for part in value)
    if isinstance(value, float):
        return f"{value:.0%}" if value <= 1 else f"{value:g}"
    return _WORDS.get(str(value), str(value))


def _support_words(value: dict[str, Any]) -> Iterator[str]:
    """What is owed for a stationed person: by whom, until when, for whom, how much (Z-12)."""
    yield f"{_said(value['owner'])}承担"
    if "due" in value:
        month, day = value["due"].split("-")
        yield f"{int(month)}月{int(day)}日前"
    if "arrival_days" in value:
        yield f"{'年内到任的' if 'due' in value else ''}到任后 {value['arrival_days']} 天内"
    elif value["every"] == "event":
        yield "发生时办理"
    yield "、".join(ROLE_NAMES[role] for role in value["roles"])
    yuan = value.get("yuan")
    if isinstance(yuan, dict):
        yield "每年" + "、".join(f"{_said(level)}级单位 {amount} 元" for level, amount in yuan.items())
    elif yuan is not None:
        yield f"每年 {yuan} 元"
