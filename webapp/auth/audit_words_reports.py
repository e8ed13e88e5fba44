"""The words of the audit log for runs, assessments, reports and their delivery."""

KINDS = {
    "run": "考核测算",
    "assessment": "考核评价",
    "report": "报告",
    "subscription": "报告订阅",
    "delivery": "报告送达",
}
VERBS = {
    "render": "生成",
    "request": "提出",
    "store": "存档",
    "again": "重发",
    "unknown": "结果不明",
}
OBJECTS = {
    "run": "测算",
    "run_request": "测算申请",
    "assessment": "考核评价",
    "report_file": "报告",
    "subscription": "报告订阅",
    "delivery": "报告送达",
}
FIELDS = {
    "size": "抽取数",
    "population": "总数",
    "attempts": "尝试次数",
    "message_id": "邮件编号",
    "result_hash": "结果校验值",
    "cut_off": "数值截至",
    "period": "周期",
    "assessment": "考核",
    "report": "同时生成的报告",
    "plan_number": "计划文号",
    "scheme": "指标体系",
    "recipient": "收件人编号",
}
VALUES = {
    "period-report": "工作情况报告",
    "evaluation-report": "考核评价报告",
}
