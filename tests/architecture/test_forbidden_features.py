"""What burden-relief law forbids is not here: no check-in, position, points, ranking, online time, forced pictures,
no merit from counts of logs, pictures or sign-ins (domain rules X-1, X-6, X-7, X-8, X-14)."""

import re

import pytest

from tests.architecture.source import files, modules
from webapp.app import load_models
from webapp.config import ROOT
from webapp.db import Base

WORDS = re.compile(
    r"check_?in(?!g)|geo_?location|geo_?fence|latitude|longitude|gps|leader_?board|ranking|online_(time|minutes)|streak"
    r"|face_?(recognition|id|match)|movement_?track|\bpoints_(earned|total)"
    r"|打卡|签到|积分|排行榜|排名|在线时长|定位|人脸|刷脸|轨迹|经纬度",
    re.IGNORECASE,
)
# Places where a forbidden word stands in order to forbid it, each with the reason.
GUARDS = {
    "webapp/policy/packs/schema.json": "the schema names shows_ranking, true only in history",
    "webapp/policy/packs/standing-2026.yaml": "shows_ranking: false",
    "webapp/policy/packs/transition-2021-2025.yaml": "shows_ranking: history",
    "webapp/policy/packs.py": "the loader refuses shows_ranking outside history",
    "reports/model.py": "the paper refuses columns that order units",
    "webapp/headers.py": "Permissions-Policy switches geolocation off",
}


def _is_guard(path: str, line: str) -> bool:
    refuses = any(word in line for word in ("forbid", "FORBID", "refuse", "不得", "禁止", "X-1", "X-7", "X-8"))
    return path in GUARDS or refuses


def test_no_source_template_or_script_holds_a_forbidden_feature() -> None:
    found = []
    for path in files(
        "webapp/**/*.py", "flows/**/*.py", "reports/**/*.py", "templates/**/*.*", "webapp/static/**/*.js",
        "webapp/policy/**/*.yaml", "webapp/evaluation/**/*.yaml",
    ):  # fmt: skip
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if WORDS.search(line) and not _is_guard(name, line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_no_table_or_column_holds_one() -> None:
    load_models()
    names = [f"{t.name}.{c.name}" for t in Base.metadata.tables.values() for c in t.columns]
    assert [name for name in names if WORDS.search(name)] == []


def test_no_route_leads_to_one(app) -> None:  # type: ignore[no-untyped-def]
    assert [rule.rule for rule in app.url_map.iter_rules() if WORDS.search(rule.rule)] == []


@pytest.mark.parametrize("source", ["WorkLog", "WorkLogPhoto", "WorkLogVersion", "SignInSession", "AuditEntry"])
def test_no_collector_counts_logs_pictures_or_sign_ins(source: str) -> None:
    collectors = [m for m in modules() if m.name.startswith("webapp.evaluation.collectors")]
    assert collectors
    assert [str(m.path) for m in collectors if any(t.endswith(f".{source}") for t, _ in m.imports())] == []


def test_nothing_is_ordered_by_score() -> None:
    ordered = re.compile(r"order_by\([^)]*score", re.IGNORECASE)
    assert [str(m.path) for m in modules() if ordered.search(m.path.read_text())] == []


def test_no_picture_is_required() -> None:
    forms = files("templates/web/worklogs/*.html", "webapp/worklogs/*.py")
    required = re.compile(r'type="file"[^>]*required|FileRequired')
    assert [str(p) for p in forms if required.search(p.read_text(encoding="utf-8"))] == []
