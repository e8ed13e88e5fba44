"""Each of the 116 templates comes to somebody by its own way: as a task, as a line of the month sheet, or by hand."""

from datetime import date

from webapp.accountability.occasions import occasions
from webapp.duties.cases import case_templates
from webapp.policy.work_areas import templates
from webapp.policy.workdays import WorkCalendar

YEAR = date(2026, 1, 1), date(2026, 12, 31)
VIA = "village_month_sheet"
ELSEWHERE = {
    "WA22-T3": "owed by provinces alone: nobody above them opens tasks here",
    "WA29-T2": "a coverage set over the term, not a task of a period (P-27)",
    "WA33-T4": "the way of an issue (webapp/rectification), whoever has to put it right",
}


def test_every_template_comes_by_its_way_within_a_year() -> None:
    calendar = WorkCalendar.of((), (), ())
    tasks = {one.template.code for one in occasions(calendar, *YEAR) if set(one.template.levels) != {"province"}}
    lines = {one.template.code for one in occasions(calendar, *YEAR, via=VIA)}
    by_hand = {one.code for issuer in ("53", "5333", "533323", "533323101") for one in case_templates(issuer)}
    assert {one.code for one in templates()} - tasks - lines - by_hand == ELSEWHERE.keys()
    assert lines == {one.code for one in templates() if one.via == VIA} and len(lines) == 7
    assert not tasks & lines and not (tasks | lines) & by_hand


def test_what_regularly_comes_to_a_village_is_a_line_and_never_a_task_of_its_own() -> None:
    regular = [one for one in templates() if "village" in one.levels and one.via != "case"]
    assert {one.via for one in regular} == {VIA}
    assert all(one.levels == ("village",) for one in regular)
