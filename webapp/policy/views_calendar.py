"""The working calendar: years, the days of one, and the county desk's changes with their reason and source."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, g, redirect, render_template, request, send_file, url_for
from sqlalchemy import Select, select
from werkzeug.wrappers import Response as Answer

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import Conflict, NotFound, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.queries import names
from webapp.org.views_files import send_list
from webapp.policy import calendar_file, calendar_service
from webapp.policy.calendar_file import YearList
from webapp.policy.forms_calendar import DayForm, ImportForm, RemoveForm
from webapp.policy.models import CalendarChange, CalendarDay, CalendarYear
from webapp.policy.views_pages import pages
from webapp.spreadsheets import Row
from webapp.table_files import LARGEST_FILE
from webapp.words import WEEKDAYS

CHANGES_SHOWN = 25
HEADINGS = ("日期", "星期", "类别", "名称")
KINDS = {"off": "放假", "work": "上班（调休）"}
MAY_WRITE = "calendar.write"


@dataclass(frozen=True)
class Removal:
    """What was typed to take a day out of the list, kept while a fault of it is shown."""

    day: date
    reason: str
    source: str


@pages.get("/calendar/years/")
@requires("calendar.read")
def calendar_years() -> str:
    """Every published year, and the next one while it is still provisional."""
    held = {row.year: row for row in db.session.scalars(select(CalendarYear))}
    this_year = clock.today().year
    years = sorted(held.keys() | {this_year, this_year + 1}, reverse=True)
    return render_template(
        "policy/calendar_years.html", years=[(year, held.get(year)) for year in years], may=g.viewer.may(MAY_WRITE)
    )


@pages.get("/calendar/years/<int:year>")
@requires("calendar.read")
def calendar_year(year: int) -> Answer | str:
    """One year: the days that differ from the week's rule, and what was changed when, why and on which notice."""
    if asked_format():
        _in_reach(year)
        audited = ("calendar.export", "list", year)
        return send_list(f"{year}年放假和调休", HEADINGS, _days_of(year), _table_rows, audited)
    return _year_page(year, DayForm(formdata=None, kind="off"))


@pages.post("/calendar/years/<int:year>/days")
@requires("calendar.write")
def calendar_day(year: int) -> Answer | tuple[str, int]:
    """Add a day or change it."""
    form = DayForm()
    day = form.typed_day()
    try:
        if day is None or day.year != year:
            raise Refused(f"日期应在 {year} 年内，写成 {year}-01-01 的样子。请改正。")
        moved = calendar_service.set_day(
            db.session(),
            day,
            kind=form.kind.data or "",
            name=form.name.data or "",
            reason=form.reason.data or "",
            source=form.source.data or "",
            at=clock.now(),
            seen=request.form.get("seen", type=int),
            unit_code=g.viewer.prefixes[0],
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        return _year_page(year, form, error.sentence), error.status
    flash(f"已保存。{_moved_words(moved)}", "done")
    db.session.commit()
    return redirect(url_for(".calendar_year", year=year))


@pages.post("/calendar/years/<int:year>/days/<day>/remove")
@requires("calendar.write")
def calendar_day_remove(year: int, day: str) -> Answer | tuple[str, int]:
    """Let a day follow the week's rule again."""
    try:
        typed = date.fromisoformat(day)
    except ValueError:
        raise NotFound() from None
    form = RemoveForm()
    try:
        moved = calendar_service.remove_day(
            db.session(),
            typed,
            reason=form.reason.data or "",
            source=form.source.data or "",
            at=clock.now(),
            seen=request.form.get("seen", type=int),
            unit_code=g.viewer.prefixes[0],
        )
    except (Refused, Conflict) as error:
        db.session.rollback()
        typed_again = Removal(typed, form.reason.data or "", form.source.data or "")
        return _year_page(year, DayForm(formdata=None, kind="off"), error.sentence, typed_again), error.status
    flash(f"已取消，该日按周一至周五计算。{_moved_words(moved)}", "done")
    db.session.commit()
    return redirect(url_for(".calendar_year", year=year))


@pages.get("/calendar/years/template")
@requires("calendar.read")
def calendar_template() -> Response:
    """The table to fill in."""
    content = io.BytesIO(calendar_file.template())
    return send_file(content, mimetype="text/csv", as_attachment=True, download_name="节假日安排模板.csv")


@pages.get("/calendar/years/import")
@requires("calendar.write")
def calendar_upload() -> str:
    """Choose the file of a year."""
    return render_template("policy/calendar_import.html", form=ImportForm(formdata=None), tried=None, problems=[])


@pages.post("/calendar/years/import")
@requires("calendar.write")
def calendar_import() -> Answer | str | tuple[str, int]:
    """First what the list would change, then, sent again with 确认, the change itself."""
    form = ImportForm()
    sent = request.form.get("go") == "import"
    try:
        listed = calendar_file.parse(_content(form))
        sure = sent and (form.whole.data or not listed.missing)
        done = calendar_service.import_year(
            db.session(),
            listed,
            source=form.source.data or "",
            at=clock.now(),
            dry_run=not sure,
            unit_code=g.viewer.prefixes[0],
        )
    except Refused as error:
        db.session.rollback()
        page = render_template(
            "policy/calendar_import.html", form=form, tried=None, problems=error.sentence.splitlines()
        )
        return page, error.status
    if not sure:
        form.rows.data = _as_rows(listed)
        problems = [f"安排中没有{'、'.join(listed.missing)}。请补全后重新选择文件；确是全年安排的，请勾选后再确认。"]
        page = render_template(
            "policy/calendar_import.html", form=form, tried=done, listed=listed, problems=problems if sent else []
        )
        return (page, Refused.status) if sent else page
    flash(f"已导入 {done.year} 年安排 {done.days} 天。{_moved_words(done.moved)}", "done")
    db.session.commit()
    return redirect(url_for(".calendar_year", year=done.year))


def _content(form: ImportForm) -> bytes:
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return upload.read(LARGEST_FILE + 1)
    if form.rows.data:
        return str(form.rows.data).encode()
    raise Refused("没有选择文件。请选择一年的节假日安排。")


def _as_rows(listed: YearList) -> str:
    """The list as it was read, for the second step: a browser does not send a file twice."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["day", "kind", "name"])
    writer.writerows([day.day, day.kind, day.name] for day in listed.days)
    return out.getvalue()


def _year_page(year: int, form: DayForm, problem: str | None = None, removing: Removal | None = None) -> str:
    _in_reach(year)
    changes = select(CalendarChange).where(CalendarChange.year == year).order_by(CalendarChange.id.desc())
    shown = list(db.session.scalars(changes.limit(CHANGES_SHOWN)))
    return render_template(
        "policy/calendar_year.html",
        year=year,
        published=db.session.get(CalendarYear, year),
        days=list(db.session.scalars(_days_of(year))),
        changes=shown,
        units=names(db.session(), {one.changed_by_unit for one in shown if one.changed_by_unit}),
        removing=removing,
        seen=shown[0].id if shown else 0,
        form=form,
        problem=problem,
        may=g.viewer.may(MAY_WRITE),
        kinds=KINDS,
    )


def _in_reach(year: int) -> None:
    if not 2000 <= year <= 2100:
        raise NotFound()


def _days_of(year: int) -> Select[tuple[CalendarDay]]:
    inside = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return select(CalendarDay).where(inside).order_by(CalendarDay.day)


def _table_rows(days: Iterable[CalendarDay]) -> Iterator[Row]:
    for one in days:
        yield one.day, f"周{WEEKDAYS[one.day.weekday()]}", KINDS[one.kind], one.name


def _moved_words(moved: int) -> str:
    return f"有 {moved} 项任务的期限顺延，已通知承办单位。" if moved else "没有任务的期限因此顺延。"
