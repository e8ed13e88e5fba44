"""The issuer's matrix on a page, and the board of one unit."""

from collections.abc import Iterator, Sequence

from flask import g, render_template, request
from werkzeug.wrappers import Response

from webapp import clock
from webapp.accountability import board, matrix, queries
from webapp.accountability.drill import task_by_number
from webapp.accountability.views_pages import pages
from webapp.downloads import asked_format, note_export, send_table
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org.codes import held, prefix_of
from webapp.org.queries import division
from webapp.paging import number_from

WORDS_LIMIT = 50


@pages.get("/tasks/<number>/matrix")
@requires("task.read")
def task_matrix(number: str) -> str:
    """Units × tasks with this task first; no order, total or file by lamp (T-7)."""
    task = task_by_number(db.session(), number)
    which = request.args.get("which", "")
    unit = request.args.get("unit", "").strip()
    words = request.args.get("q", "").replace("\x00", "").strip()[:WORDS_LIMIT]
    return render_template(
        "accountability/matrix.html",
        task=task,
        matrix=matrix.matrix(
            db.session(),
            task,
            g.viewer,
            clock.today(),
            which=which if which in matrix.WHICH else "open",
            words=words,
            unit_prefix=prefix_of(unit),
            number=number_from(request.args.get("page")),
        ),
        which=matrix.WHICH,
        most=matrix.MOST_TASKS,
        words=words,
        unit=unit,
        units=queries.branches(db.session(), matrix.lit(g.viewer, task)),
    )


@pages.get("/tasks/board/<code>")
@requires("task.read")
def unit_board(code: str) -> str | Response:
    """One unit's open matters of all kinds in the order in which they fall due."""
    unit = division(db.session(), held(code))
    if not g.viewer.reaches(unit.code):
        raise NotFound()
    code = unit.code
    if asked_format():
        note_export("task.export", "board", code, g.viewer, {})
        return send_table(_file(code), f"单位事项-{code}-{clock.today():%Y%m%d}", asked_format())
    asked = request.args.get("section", "")
    sections = board.board(db.session(), code, g.viewer, clock.today(), asked, number_from(request.args.get("page")))
    one = asked in board.SECTIONS or asked in board.others
    return render_template("accountability/board.html", unit=unit, sections=sections, one=one)


def _file(code: str) -> Iterator[Sequence[object]]:
    return board.table(db.session(), code, g.viewer, clock.today())
