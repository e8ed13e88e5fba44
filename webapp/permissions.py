"""The one table of roles and permissions, to be read aloud by a county official."""

LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}

ROLE_NAMES = {
    "secretary": "党组织书记",
    "deputy": "副职",
    "first_secretary": "驻村第一书记",
    "team_member": "驻村工作队员",
    "desk": "经办",
    "supervisor": "督查",
    "leader": "领导",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}

_EVERYONE = {"home.read", "org.read", "inbox.read", "self.manage", "calendar.read"}
_TASKS_READ = {"task.read"}
_TEAMS_READ = {"team.read"}  # who is stationed where, terms, what a team lacks; no work logs
_REQUESTS_READ = {"request.read", "coverage.read"}  # 请示事项, 遍访 of the own unit and of those below
_LEAVE = {"leave.read", "leave.ask"}  # who is away when; own leave and official trips
_LEAVE_DECIDE = _LEAVE | {"leave.decide"}  # what is routed to the own post, by the pack
_FIGURES_READ = {"run.read", "report.read"}
_BURDEN_READ = {"burden.read"}  # what the own unit asks, and the load of those it asks
_TASKS_DO = _TASKS_READ | _REQUESTS_READ | {"task.answer"}  # acknowledge, progress, report
_VILLAGE_DO = _TASKS_DO | _TEAMS_READ | {"burden.object", "request.ask"}  # 你已有此数据, 请示
_LOGS = {"worklog.read", "worklog.write", "worklog.submit"}  # submit: send what was written on the road
_ISSUE = {"task.issue", "task.verify", "task.remind", "group.write"}  # issue, split, verify what was handed down, 催办
_SPOT_CHECKS = {"inspection.draw", "inspection.find"}  # 抽查: draw whom to look for, and look
_DECIDE = {
    "task.decide",
    "approval.delegate",
}  # steps of the ladder that the pack gives to the secretary: 通报, 挂牌督办
_PRESENCE_READ = {"inspection.read", "presence.read", "presence.lists", "roster.read"}
_ROSTER = {"roster.read", "roster.write"}  # 值班表 of the unit
# Own days and own case, and the roster of the village.
_STATIONED = {"inspection.read", "inspection.answer", "presence.read", "roster.read", "handover.read", "handover.write"}
_DESK = (
    _TASKS_DO
    | _TEAMS_READ
    | _FIGURES_READ
    | _BURDEN_READ
    | _ISSUE
    | _PRESENCE_READ
    | {"people.read", "approval.delegate", "request.answer", "handover.read"}
)
_LEAD = (
    _EVERYONE
    | _TASKS_READ
    | _TEAMS_READ
    | _REQUESTS_READ
    | _FIGURES_READ
    | _BURDEN_READ
    | _PRESENCE_READ
    | {"people.read", "handover.read"}
)

# Z-10, Z-35: the managers of stationed teams in a county: posts and their hand-over, recalls, spot checks, days on post.
_TEAMS_MANAGE = _SPOT_CHECKS | {
    "posting.write",
    "team.write",
    "handover.write",
    "recall.read",
    "inspection.decide",
    "presence.correct",
    "leave.entitle",
    "support.read",  # what is owed to those stationed (Z-12)
    "support.record",
}
_COUNTY_DESK = (
    _EVERYONE
    | _DESK
    | _TEAMS_MANAGE
    | _LEAVE_DECIDE
    | {
        "order.write",
        "coverage.import",
        "calendar.write",
        "run.request",
        "report.render",
        "subscription.write",
        "delivery.read",
        "assessment.write",
    }
)

# A key is "role", "role:level", "role@kind of organisation" or "role@kind:level"; the most particular one wins.
# What is not here is not allowed.
PERMISSIONS: dict[str, set[str]] = {
    "secretary": _LEAD | _DECIDE,
    "secretary:township": _LEAD | _DECIDE | _LEAVE_DECIDE | {"inspection.opine", "recall.read"},
    # Heads the leading group that decides on recalls (Z-35).
    "secretary:county": _LEAD | _DECIDE | {"inspection.decide", "presence.correct", "recall.read", "recall.decide"},
    "secretary:village": _EVERYONE | _VILLAGE_DO | _ROSTER | {"people.read", "coverage.confirm", "leave.read"},
    "deputy": _LEAD,
    "deputy:township": _LEAD | _LEAVE_DECIDE,
    # A head of the county's organisation department stands in for its desk.
    "deputy@organisation_department:county": _LEAD | _LEAVE_DECIDE | {"support.read"},
    "deputy:village": _EVERYONE | _VILLAGE_DO | {"people.read", "coverage.confirm", "leave.read", "roster.read"},
    "first_secretary": _EVERYONE | _VILLAGE_DO | _LEAVE | _STATIONED | _ROSTER | _LOGS | {"people.read"},
    "team_member": _EVERYONE | _VILLAGE_DO | _LEAVE | _STATIONED | _LOGS | {"people.read"},
    "desk": _EVERYONE | _DESK | {"order.write", "run.request", "report.render"},
    # The township enters what villages answer on paper.
    "desk:township": _EVERYONE
    | _DESK
    | _SPOT_CHECKS
    | _ROSTER
    | {
        "request.ask",
        "sheet.paper",
        "task.paper",
        "worklog.paper",
        "leave.paper",
        "leave.read",
        "inspection.opine",
        "presence.confirm",
        "recall.read",
        "recall.propose",
        "team.write",
    },
    "desk:county": _COUNTY_DESK,
    # The office of rural work and agriculture leads the work of the county and manages its teams (Z-10).
    "desk@rural_affairs:county": _COUNTY_DESK,
    # The organisation department manages teams (Z-10), decides the longer leave (Z-25, Z-26), has somebody recalled
    # (Z-35) and issues what is its own; calendar, figures, assessment and orders of the county are not its.
    "desk@organisation_department:county": _EVERYONE | _DESK | _TEAMS_MANAGE | _LEAVE_DECIDE,
    # The secretary's own office answers for the unit; it hands nothing down.
    "desk@secretary_office": _EVERYONE | _TASKS_DO | {"people.read", "coverage.write", "coverage.import"},
    # Who watches over demands asks for none.
    "desk@burden_relief": _EVERYONE
    | _TASKS_READ
    | _BURDEN_READ
    | {"people.read", "complaint.read", "complaint.answer", "burden.report"},
    # Sees no rows of the division it happens to sit in.
    "desk@sending_unit": _EVERYONE
    | {"recall.carry_out", "sending.read", "support.read", "support.record", "leave.entitle"},
    "supervisor": _LEAD | {"task.remind", "inspection.find"},
    "leader": _LEAD | {"burden.report"},
    "system_admin": _EVERYONE | {"people.read", "account.write", "pack.read"},
    "security_admin": _EVERYONE | {"people.read", "pack.read", "session.admin"},
    "audit_admin": _EVERYONE | {"audit.read"},
}
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})
"""Who keeps the system decides nothing, also not in somebody's place."""
APPROVALS = frozenset({"task.issue", "task.verify", "task.decide", "leave.decide"})
"""What may be delegated for a time; nothing else passes from person to person."""


DELEGATED = APPROVALS | {"task.read", "leave.read"}
"""What a delegation opens: the approvals themselves, and the rows that they are about."""


FORMER = frozenset(
    {
        "home.read",
        "self.manage",
        "inbox.read",
        "worklog.submit",
        "handover.read",
        "handover.write",
        "inspection.read",
        "inspection.answer",
        "leave.read",
    }
)
"""What a post on a team leaves to its holder: the own sheet, spot checks, leave, messages and unsent logs (Z-18, X-3).
It opens the person's own rows and nothing of the unit."""


def is_particular(role: str, kind: str | None) -> bool:
    """Whether a role has rights of its own in organisations of a kind, at every level."""
    return f"{role}@{kind}" in PERMISSIONS


def permissions_of(role: str, unit_code: str, kind: str | None = None) -> frozenset[str]:
    """What a role may do at the level of a division code (2, 4, 6, 9 or 12 digits), in an organisation of a kind."""
    level = LEVELS.get(len(unit_code), "")
    for key in (f"{role}@{kind}:{level}", f"{role}@{kind}", f"{role}:{level}", role):
        if key in PERMISSIONS:
            return frozenset(PERMISSIONS[key])
    return frozenset()
