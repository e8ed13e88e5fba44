"""Words for what the audit log holds."""

import json
from typing import Any

from webapp.audit import AuditEntry
from webapp.auth.devices import device_name
from webapp.auth.pages import pages
from webapp.permissions import ROLE_NAMES

# Kinds are the part of an action before its first dot.
KINDS = {
    "sign_in": "登录",
    "sign_out": "退出登录",
    "session": "登录设备",
    "password": "密码",
    "account": "账号",
    "posting": "任职",
    "handover": "工作交接",
    "order": "灾情期间暂停计时",
    "delegation": "委托审批",
    "task": "责任任务",
    "rectification": "问题整改",
    "upward": "请示事项",
    "group": "单位分组",
    "worklog": "驻村日志",
    "run": "考核测算",
    "assessment": "考核评价",
    "report": "报告",
    "subscription": "报告订阅",
    "delivery": "报告送达",
    "mail": "邮件",
    "outside_message": "站外提醒",
    "channel": "提醒渠道",
    "remark": "留言",
    "filter": "常用筛选",
    "complaint": "投诉建议",
    "pack": "规则包",
    "calendar": "日历",
    "ladder": "督办措施",
    "duty": "责任清单",
    "sheet": "村级月报单",
    "divisions": "区划",
    "demo": "演示数据",
    "coverage": "遍访",
}
_VERBS = {
    "ok": "成功",
    "failed": "失败",
    "locked": "暂停",
    "change": "修改",
    "reset": "重置",
    "create": "开设",
    "close": "停用",
    "unlock": "解除暂停",
    "end": "结束",
    "end_all": "全部结束",
    "start": "开始",
    "issue": "下达",
    "schedule": "定时下达",
    "schedule_refused": "定时下达未成功",
    "discard": "删除草稿",
    "revise": "修改文字",
    "save": "保存",
    "replies": "导出反馈汇总",
    "evidence": "导出佐证材料",
    "paper_table": "下载代录表",
    "remove": "删除",
    "acknowledge": "签收",
    "report": "反馈",
    "return": "退回",
    "verify": "核验",
    "recall": "撤回",
    "extend": "延期",
    "load": "启用",
    "import": "导入",
    "export": "导出",
    "render": "生成",
    "request": "提出",
    "open": "开展",
    "store": "存档",
    "add": "添加",
    "take_out": "删除",
    "write": "填写",
    "again": "重发",
    "sent": "已发出",
    "send": "发送",
    "unknown": "结果不明",
    "answer": "答复",
    "ask": "提出",
    "pass": "转报上级",
    "done": "完成",
    "withdraw": "收回",
    "suspend": "中止",
    "resume": "恢复",
    "progress": "登记进展",
    "make": "登记",
    "revoke": "收回",
    "split": "分解",
    "exempt": "免办",
    "draw": "抽样",
    "rebuild": "按办理记录改正",
    "undo": "撤销",
    "freeze": "暂停计时",
    "thaw": "提前恢复计时",
    "extend_ask": "申请延期",
    "extend_grant": "同意延期",
    "extend_refuse": "不同意延期",
    "read": "查看",
    "enter": "登记",
    "claim": "认领",
    "lateral": "举一反三",
    "held": "回头看巩固",
    "relapse": "回头看反弹",
    "recalculated": "期限顺延",
    "day": "修改一天",
    "feed": "生成订阅地址",
    "feed_end": "停用订阅地址",
    "urge": "催办",
    "remind": "提醒",
    "escalate": "督办",
    "talk": "约谈",
    "circular": "通报",
    "listed_supervision": "挂牌督办",
    "accountability": "登记问责文号",
    "record": "登记日期",
    "confirm": "确认",
}
_OBJECTS = {
    "account": "账号",
    "posting": "任职",
    "person": "人员",
    "handover": "工作交接",
    "accountability_task": "责任任务",
    "task": "责任任务",
    "unit_group": "单位分组",
    "assignment": "任务",
    "extension": "延期申请",
    "issue": "整改问题",
    "second_look": "回头看",
    "upward_request": "请示事项",
    "work_log": "驻村日志",
    "run": "测算",
    "run_request": "测算申请",
    "assessment": "考核评价",
    "report_file": "报告",
    "subscription": "报告订阅",
    "delivery": "报告送达",
    "mail": "邮件",
    "outside_message": "站外提醒",
    "person_channel": "提醒渠道",
    "remark": "留言",
    "saved_filter": "常用筛选",
    "list": "清单",
    "complaint": "投诉建议",
    "delegation": "委托审批",
    "disaster_order": "暂停计时文件",
    "rule_pack": "规则包",
    "duty": "责任事项",
    "division": "区划",
    "calendar_year": "工作日历",
    "calendar_day": "工作日历",
    "coverage_set": "遍访",
    "household_contact": "走访联系农户",
    "visits": "走访日期",
    "groups": "自然村组名单",
    "terms": "任期",
}
_FIELDS = {
    "login": "账号",
    "to": "受托人编号",
    "role": "岗位",
    "until": "至",
    "state": "状态",
    "ends_on": "结束日期",
    "starts_on": "开始日期",
    "reason": "原因",
    "due_on": "截止日期",
    "sha256": "校验值",
    "title": "标题",
    "content": "任务内容",
    "evidence": "佐证要求",
    "scheduled_for": "定时时间",
    "members": "单位数",
    "units": "单位",
    "demand": "索要事项",
    "fields": "字段",
    "minutes": "预计用时（分钟）",
    "held": "已有的字段",
    "size": "抽取数",
    "population": "总数",
    "rows": "行数",
    "window": "期次",
    "late": "补报",
    "attempts": "尝试次数",
    "seed": "随机种子",
    "message_id": "邮件编号",
    "key": "编号",
    "result_hash": "结果校验值",
    "cut_off": "数值截至",
    "period": "周期",
    "assessment": "考核",
    "report": "同时生成的报告",
    "plan_number": "计划文号",
    "scheme": "指标体系",
    "document_no": "文号",
    "end_reason": "离任原因",
    "done_on": "交接完成日",
    "first_window": "起始月份",
    "recipient": "收件人编号",
    "valid_from": "生效",
    "valid_to": "失效",
    "days": "天数",
    "source": "来源",
    "when": "在任时段",
    "kind": "类别",
    "name": "名称",
    "moved": "顺延期限数",
    "step": "步骤编号",
    "shared": "本单位共享",
    "format": "格式",
    "files": "文件数",
    "bytes": "字节",
    "level": "督办单位代码",
    "overdue": "逾期工作日数",
    "year": "年度",
    "exceptions": "例外情况",
}
_VALUES = ROLE_NAMES | {
    "drafted": "草稿",
    "issued": "已下达",
    "acknowledged": "已签收",
    "in_progress": "办理中",
    "reported": "已反馈",
    "returned": "已退回",
    "verified": "已核验",
    "closed": "已办结",
    "new": "新建",
    "claimed": "已认领",
    "in_rectification": "整改中",
    "closure_requested": "申请销号",
    "recalled": "已撤回",
    "asked": "待签收",
    "answered": "已答复",
    "withdrawn": "已撤回",
    "suspended": "已中止",
    "period-report": "工作情况报告",
    "evaluation-report": "考核评价报告",
    "off": "放假",
    "before": "期限前",
    "after": "逾期后",
    "work": "上班",
}

pages.add_app_template_filter(device_name)


@pages.app_template_filter()
def act_name(action: str) -> str:
    """An action in words: "sign_in.failed" → "登录：失败"."""
    kind, _, verb = action.partition(".")
    words = KINDS.get(kind, "其他操作")
    return f"{words}：{_VERBS.get(verb, '办理')}" if verb else words


@pages.app_template_filter()
def object_name(kind: str) -> str:
    """The kind of object in words."""
    return _OBJECTS.get(kind, "记录")


@pages.app_template_filter()
def change_words(entry: AuditEntry) -> str:
    """What changed, from before to after, with the reason."""
    names = dict.fromkeys([*(entry.before or {}), *(entry.after or {})])
    parts = [_change(name, (entry.before or {}).get(name), (entry.after or {}).get(name)) for name in names]
    if entry.reason:
        parts.append(f"原因：{entry.reason}")
    return "；".join(parts) or "没有数据变化"


def _change(name: str, before: Any, after: Any) -> str:
    label = _FIELDS.get(name, name)
    if before is None:
        return f"{label}：{_shown(after)}"
    return f"{label}：{_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    if value == "":
        return "无"
    if isinstance(value, list):
        return "、".join(_shown(one) for one in value)
    if isinstance(value, bool) or value is None:
        return {True: "是", False: "否", None: "空"}[value]
    text = _VALUES.get(value, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
