"""The one table of roles and permissions, to be read aloud by a county official."""

LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}

ROLE_NAMES = {
    "secretary": "党组织书记",
    "first_secretary": "驻村第一书记",
    "team_member": "驻村工作队员",
    "desk": "经办",
    "supervisor": "督查",
    "leader": "领导",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}

_EVERYONE = {"home.read", "org.read", "inbox.read", "self.manage"}
_TASKS_READ = {"task.read"}
_FIGURES_READ = {"run.read", "report.read"}
_TASKS_DO = _TASKS_READ | {"task.answer"}  # acknowledge, progress, report
_DESK = _TASKS_DO | _FIGURES_READ | {"people.read", "task.issue", "task.verify"}

# A key is "role" or "role:level"; the second wins. What is not here is not allowed.
PERMISSIONS: dict[str, set[str]] = {
    "secretary": _EVERYONE | _TASKS_READ | _FIGURES_READ | {"people.read"},
    "secretary:village": _EVERYONE | _TASKS_DO | {"people.read"},
    "first_secretary": _EVERYONE | _TASKS_DO | {"worklog.read", "worklog.write", "people.read"},
    "team_member": _EVERYONE | _TASKS_DO | {"worklog.read", "worklog.write", "people.read"},
    "desk": _EVERYONE | _DESK | {"run.request", "report.render"},
    "desk:township": _EVERYONE | _DESK,
    "desk:county": _EVERYONE
    | _DESK
    | {
        "posting.write",
        "run.request",
        "report.render",
        "subscription.write",
        "delivery.read",
        "assessment.write",
        "complaint.read",
        "complaint.answer",
    },
    "supervisor": _EVERYONE | _TASKS_READ | _FIGURES_READ | {"people.read"},
    "leader": _EVERYONE | _TASKS_READ | _FIGURES_READ | {"people.read"},
    "system_admin": _EVERYONE | {"people.read", "account.write", "pack.read"},
    "security_admin": _EVERYONE | {"people.read", "pack.read", "session.admin"},
    "audit_admin": _EVERYONE | {"audit.read"},
}


def permissions_of(role: str, unit_code: str) -> frozenset[str]:
    """What a role may do at the level of a division code (2, 4, 6, 9 or 12 digits)."""
    level = LEVELS.get(len(unit_code), "")
    return frozenset(PERMISSIONS.get(f"{role}:{level}", PERMISSIONS.get(role, set())))
