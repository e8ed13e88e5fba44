"""Rule packs: what cannot be expressed is refused, the nearest overlay wins, each content is recorded once."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from webapp.audit import AuditEntry
from webapp.errors import Refused
from webapp.policy import packs, service
from webapp.policy.cli import packs as commands
from webapp.policy.models import RulePackRecord
from webapp.policy.parameter_sources import source_words
from webapp.policy.reading import LARGEST_FILE, Unreadable

STANDING = (packs.FOLDER / "standing-2026.yaml").read_text(encoding="utf-8")
COUNTY = """
slug: fugong-2026
title: 福贡县补充规定
base: standing-2026
division: '533323000000'
valid_from: '2026-03-01'
valid_to: '2026-12-31'
parameters:
  tenure:
    handover_days: {value: 10, unit: days, source: 福组〔2026〕1号, mark: local example}
"""
PROVINCE = """
slug: yunnan-2026
title: 云南省补充规定
base: standing-2026
division: '530000000000'
valid_from: '2026-01-01'
parameters:
  tenure:
    handover_days: {value: 14, mark: local example}
  team:
    max: {value: 4, mark: local example}
"""


def parsed(text: str) -> packs.Pack:
    return packs.parse("a.yaml", text.encode(), packs.shipped())


def faults(text: str) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        parsed(text)
    assert all(fault.startswith("a.yaml") for fault in caught.value.faults)
    return caught.value.faults


def test_both_shipped_packs_load_and_give_every_parameter() -> None:
    assert [pack.slug for pack in packs.shipped()] == ["transition-2021-2025", "standing-2026"]
    assert {len(pack.parameters) for pack in packs.shipped()} == {110}


def test_each_day_has_its_national_pack(session: Session) -> None:
    assert service.packs_in_force(session, on=date(2025, 12, 31))[0].slug == "transition-2021-2025"
    assert service.packs_in_force(session, on=date(2026, 1, 1))[0].slug == "standing-2026"
    assert service.parameter(session, "tenure.handover_days", on=date(2026, 10, 1)) == 7
    with pytest.raises(Refused):
        service.packs_in_force(session, on=date(2020, 12, 31))
    with pytest.raises(KeyError):
        service.parameter(session, "tenure.nothing", on=date(2026, 10, 1))


class TestWhatCannotBeExpressed:
    """X-1 to X-8: there is no key for it, and an unknown key is an error."""

    @pytest.mark.parametrize(
        "key", ["check_in", "points", "ranking", "log_count", "photo_required", "online_minutes", "sign_in_radius"]
    )
    def test_forbidden_keys_are_unknown(self, key: str) -> None:
        found = faults(
            STANDING.replace("  presence:\n", f"  presence:\n    {key}: {{value: 1, mark: local example}}\n")
        )

        assert len(found) == 1
        assert f"parameters.presence.{key}" in found[0]
        assert "不认识的键" in found[0]
        assert f"第 {STANDING[: STANDING.index('  presence:')].count(chr(10)) + 2} 行" in found[0]

    def test_forbidden_groups_are_unknown(self) -> None:
        assert (
            "parameters.check_in" in faults(STANDING + "  check_in:\n    radius: {value: 1, mark: local example}\n")[0]
        )

    def test_ranking_is_shown_only_for_history(self) -> None:
        assert packs.shipped()[0].body["shows_ranking"] is True
        assert "2025年底前失效" in faults(STANDING.replace("shows_ranking: false", "shows_ranking: true"))[0]
        assert "2025年底前失效" in faults(COUNTY + "shows_ranking: true\n")[0]

    def test_publicity_can_only_forbid_more(self) -> None:
        text = STANDING.replace(
            "value: [id_number, phone, bank_account, health]", "value: [id_number, phone, health, x]"
        )
        assert "forbidden_fields" in faults(text)[0]

    def test_return_from_leave_cannot_be_dropped(self) -> None:
        assert faults(STANDING.replace("return_required: {value: true", "return_required: {value: false"))


class TestBadFiles:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("slug: a\nslug: b\n", "第 2 行的键“slug”重复"),
            ("a: &x [1, 2]\nb: *x\n", "第 1 行使用了 & 或 * 引用"),
            ("a: !!python/object/apply:os.system ['true']\n", "使用了标签"),
            ("a: !!binary aGk=\n", "使用了标签"),
            ("slug: [a\n", "不是正确的 YAML"),
            ("- a\n- b\n", "应为键值表"),
            ("", "应为键值表"),
            ("a: .nan\n", "不是有限的数"),
            ("a: .inf\n", "不是有限的数"),
            ("a: " + "[" * 30 + "]" * 30 + "\n", "嵌套过深"),
            ("a: [" + "1, " * 30_000 + "1]\n", "内容过多"),
            ("? [a]\n: 1\n", "的键不是文字"),
            ("a: " + "9" * 5000 + "\n", "无法识别的数值"),
        ],
    )
    def test_each_gets_one_sentence(self, text: str, words: str) -> None:
        found = faults(text)
        assert len(found) == 1
        assert words in found[0]
        assert found[0].endswith("。")

    def test_an_alias_bomb_is_refused_before_it_unfolds(self) -> None:
        bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
        assert "引用" in faults(bomb)[0]

    def test_a_large_file_is_refused_unread(self) -> None:
        assert "超过 256 KB" in faults("#" * (LARGEST_FILE + 1))[0]

    def test_another_encoding_is_named(self) -> None:
        with pytest.raises(Unreadable, match="UTF-8"):
            packs.parse("a.yaml", "title: 规则".encode("gbk"))

    def test_dates_without_quotes_are_dates_all_the_same(self) -> None:
        assert parsed(COUNTY.replace("'2026-03-01'", "2026-03-01")).valid_from == date(2026, 3, 1)

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("handover_days", "handover_dayz", "“parameters.tenure.handover_dayz”是不认识的键"),
            ("value: 10", "value: 99", "不能大于 30"),
            ("value: 10", "value: 1", "不能小于 3"),
            ("value: 10", "value: ten", "应为整数"),
            ("value: 10", "value: true", "应为整数"),
            ("mark: local example", "mark: rumour", "不能是“rumour”"),
            ("'2026-03-01'", "'2026-02-30'", "不是日期"),
            ("'533323000000'", "'533323'", "写法不正确"),
            ("base: standing-2026", "base: standing-2027", "不是已有的全国规则包"),
            ("'2026-12-31'", "'2026-01-31'", "早于生效日期"),
            ("'2026-03-01'", "'2025-03-01'", "超出所依据的全国规则包"),
            ("base: standing-2026\n", "", "必须同时写明 base 和 division"),
            ("title: 福贡县补充规定\n", "", "缺少“title”"),
        ],
    )
    def test_typos_are_named_with_line_and_path(self, old: str, new: str, words: str) -> None:
        found = faults(COUNTY.replace(old, new))
        assert any(words in fault for fault in found), found
        assert all("第 " in fault for fault in found)

    def test_all_faults_are_listed_together(self) -> None:
        text = COUNTY.replace("value: 10", "value: 99").replace("mark: local example", "mark: rumour")
        assert len(faults(text)) == 2

    def test_a_national_pack_gives_everything(self) -> None:
        line = next(line for line in STANDING.splitlines() if line.strip().startswith("handover_days"))
        assert "缺少“tenure.handover_days”" in faults(STANDING.replace(line + "\n", ""))[0]

    def test_values_that_contradict_each_other(self) -> None:
        text = COUNTY.replace("  tenure:\n", "  team:\n    min: {value: 5, mark: local example}\n  tenure:\n")
        assert parsed(text)
        worse = text.replace("    min:", "    max: {value: 4, mark: local example}\n    min:")
        assert "team.min 大于 team.max" in faults(worse)[0]


class TestOverlays:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "county.yaml").write_text(COUNTY, encoding="utf-8")
        (tmp_path / "province.yaml").write_text(PROVINCE, encoding="utf-8")
        return tmp_path

    def test_the_nearest_wins_between_its_dates(self, session: Session, folder: Path) -> None:
        service.load_packs(session, folder)

        def days(on: date, unit: str) -> object:
            return service.parameter(session, "tenure.handover_days", on=on, unit_code=unit)

        assert days(date(2026, 4, 1), "533323101201") == 10
        assert days(date(2026, 2, 1), "533323101201") == 14
        assert days(date(2026, 4, 1), "533301") == 14
        assert days(date(2026, 4, 1), "51") == 7
        assert days(date(2027, 1, 1), "533323") == 14
        assert service.parameter(session, "team.max", on=date(2026, 4, 1), unit_code="533323") == 4
        in_force = service.packs_in_force(session, on=date(2026, 4, 1), unit_code="533323")
        assert [pack.slug for pack in in_force] == ["standing-2026", "yunnan-2026", "fugong-2026"]

    def test_each_content_is_recorded_once_with_its_hash(self, session: Session, folder: Path) -> None:
        assert len(service.load_packs(session, folder)) == 4
        assert service.load_packs(session, folder) == []
        (folder / "county.yaml").write_text(COUNTY.replace("value: 10", "value: 9"), encoding="utf-8")
        assert [pack.slug for pack in service.load_packs(session, folder)] == ["fugong-2026"]

        assert session.scalar(select(func.count(RulePackRecord.id))) == 5
        assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "pack.load")) == 5
        value = service.parameter(session, "tenure.handover_days", on=date(2026, 4, 1), unit_code="533323")
        assert value == 9

    def test_a_content_is_read_from_the_database_once_however_many_sessions_ask(
        self, session: Session, folder: Path
    ) -> None:
        service.load_packs(session, folder)
        service.known_packs(session)
        asked: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *call: asked.append(call[2]))
        session.info.pop("policy.packs")  # as in the next session
        assert {pack.slug for pack in service.known_packs(session)} > {"yunnan-2026", "fugong-2026"}
        assert len(asked) == 1 and "body" not in asked[0]

    def test_one_bad_file_loads_nothing_and_all_faults_are_told(self, session: Session, folder: Path) -> None:
        (folder / "bad.yaml").write_text("slug: x\nslug: y\n", encoding="utf-8")
        (folder / "worse.yaml").write_text(COUNTY.replace("value: 10", "value: 99"), encoding="utf-8")
        with pytest.raises(Unreadable) as caught:
            service.load_packs(session, folder)

        assert {fault.split(" ")[0] for fault in caught.value.faults} == {"bad.yaml", "worse.yaml"}
        assert session.scalar(select(func.count(RulePackRecord.id))) == 0

    def test_two_packs_of_one_place_may_not_overlap(self, session: Session, folder: Path) -> None:
        (folder / "county2.yaml").write_text(COUNTY.replace("slug: fugong-2026", "slug: other"), encoding="utf-8")
        with pytest.raises(Unreadable, match="有效期重叠"):
            service.load_packs(session, folder)

    def test_a_shipped_pack_is_not_replaced_by_a_file(self, session: Session, tmp_path: Path) -> None:
        (tmp_path / "x.yaml").write_text(STANDING.replace("title: 常态化", "title: 新常态化"), encoding="utf-8")
        with pytest.raises(Unreadable, match="与随附的规则包相同"):
            service.load_packs(session, tmp_path)


class TestCommand:
    def run(self, app, *words: str):  # type: ignore[no-untyped-def]
        return app.test_cli_runner().invoke(commands, words)

    def test_a_good_file(self, app, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
        (tmp_path / "a.yaml").write_text(COUNTY, encoding="utf-8")
        result = self.run(app, "check", str(tmp_path / "a.yaml"))
        assert (result.exit_code, "可用" in result.output) == (0, True)

    def test_a_bad_file_lists_every_fault(self, app, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
        text = COUNTY.replace("value: 10", "value: 99").replace("mark: local example", "mark: rumour")
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        result = self.run(app, "check", str(tmp_path / "a.yaml"))
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 2)

    def test_no_file_is_wrong_usage(self, app) -> None:  # type: ignore[no-untyped-def]
        assert self.run(app, "check", "/nowhere.yaml").exit_code == 2


def test_the_page_shows_values_sources_and_marks(county: Session, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("system_admin", "533323")
    page = client.get("/packs/")

    assert page.status_code == 200
    for words in ("交接时限", "7 天", "常态化帮扶（2026年起）", "地方做法", "由地方确定"):
        assert words in page.text
    assert client.get("/packs/?pack=transition-2021-2025").status_code == 200
    assert client.get("/packs/?pack=nothing").status_code == 404
    assert sign_in("desk", "533323").get("/packs/").status_code == 403


def test_no_source_on_the_page_is_an_id_of_ours() -> None:
    said = {source_words(entry.get("source", "")) for pack in packs.shipped() for entry in pack.parameters.values()}
    assert [words for words in said if re.search(r"\b[A-Z]{1,3}-\d", words)] == []
