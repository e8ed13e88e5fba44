"""Who commits, who writes SQL by hand, who asks for the time."""

from tests.architecture.source import Module, modules

# The outbox commits between the steps of a conversation that cannot be rolled back (webapp/notices/outbox.py says why).
# An export's audit entry is committed before its first row goes out, so that no lock is held meanwhile.
MAY_COMMIT = ("views", "webapp.db", "webapp.downloads", "webapp.notices.outbox")
# The clock itself; and nothing else asks the computer for the time.
CLOCKS = {"webapp.clock"}
COLLECTORS = ("webapp.evaluation.collectors", "webapp.access", "webapp.org.importing")


def _may_commit(module: Module) -> bool:
    return any(part in module.name for part in MAY_COMMIT) or module.name.startswith("flows.")


def test_services_never_commit() -> None:
    wrong = [f"{m.path}:{line}" for m in modules() if not _may_commit(m) for line in m.calls("commit")]
    assert not wrong, "the view, the command or session_scope commits once:\n" + "\n".join(wrong)


def test_only_the_clock_reads_the_clock() -> None:
    wrong = [
        f"{module.path}:{line}"
        for module in modules()
        if module.name not in CLOCKS
        for line in module.calls("utcnow", "today", "now")
        if f"clock.{'today'}" not in (text := module.path.read_text().splitlines()[line - 1])
        and "clock.now" not in text
        and "func.now" not in text
    ]
    assert not wrong, "ask webapp.clock instead:\n" + "\n".join(wrong)


def test_sql_text_stands_in_collectors_only() -> None:
    wrong = [
        f"{module.path}:{line} {target}"
        for module in modules()
        if not module.name.startswith((*COLLECTORS, "flows.lease"))
        for target, line in module.imports()
        if target == "sqlalchemy.text"
    ]
    assert not wrong, "write an ORM statement, so that access.py can scope it:\n" + "\n".join(wrong)
