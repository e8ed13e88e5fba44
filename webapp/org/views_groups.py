"""Saved groups of units: listed, made, changed and deleted by whoever issues for the unit."""

from functools import partial

from flask import flash, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, StringField, TextAreaField

from webapp import clock
from webapp.downloads import asked_format
from webapp.errors import DandangError, Faulty, NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import groups
from webapp.org.group_models import UnitGroup
from webapp.org.groups import Wanted
from webapp.org.pages_views import pages
from webapp.org.queries import names
from webapp.org.units import by_codes, pasted
from webapp.org.views_files import send_list
from webapp.paging import number_from, paged
from webapp.words import clean

SHOWN = 200
"""As many members are written out on a group's page; a larger group is changed by lines that are added."""


class GroupForm(FlaskForm):
    """One group; the members as lines of codes or names."""

    unit_code = SelectField("所属单位", validate_choice=False)
    name = StringField("分组名称")
    source = StringField("依据文件")
    members = TextAreaField("单位")


@pages.get("/org/groups/")
@requires("group.write")
def group_list() -> str | Response:
    """The groups in scope, by owner and name."""
    if asked_format():
        shown = partial(groups.group_rows, db.session())
        return send_list("单位分组", groups.HEADINGS, groups.listed(), shown, ("group.export", "list", "groups"))
    page = paged(db.session(), groups.listed(), number_from(request.args.get("page")))
    return render_template(
        "org/groups.html",
        page=page,
        names=names(db.session(), {row.unit_code for row in page.rows}),
        sizes=groups.sizes(db.session(), [row.id for row in page.rows]),
        own=g.viewer.units_with("group.write"),
    )


@pages.get("/org/groups/new")
@requires("group.write")
def group_new() -> str:
    """An empty form."""
    return _page(GroupForm(formdata=None), None)


@pages.post("/org/groups/new")
@requires("group.write")
def group_make() -> Response | tuple[str, int]:
    """Make a group."""
    return _saved(None)


@pages.get("/org/groups/<int:group_id>")
@requires("group.write")
def group_show(group_id: int) -> str:
    """A group with its members, to be changed by its owner."""
    row = _found(group_id)
    form = GroupForm(formdata=None)
    form.unit_code.data, form.name.data, form.source.data = row.unit_code, row.name, row.source
    units = by_codes(db.session(), groups.members(db.session(), row.id))
    form.members.data = "\n".join(f"{unit.code}" for unit in units)
    return _page(form, row)


@pages.post("/org/groups/<int:group_id>")
@requires("group.write")
def group_change(group_id: int) -> Response | tuple[str, int]:
    """Give a group its new name and members."""
    return _saved(_found(group_id))


@pages.post("/org/groups/<int:group_id>/delete")
@requires("group.write")
def group_delete(group_id: int) -> Response:
    """Delete a group."""
    name = groups.remove(db.session(), group_id)
    db.session.commit()
    flash(f"分组“{name}”已删除，已下达的任务不受影响。", "done")
    return redirect(url_for("org.group_list"))


def _saved(row: UnitGroup | None) -> Response | tuple[str, int]:
    form = GroupForm()
    owner = row.unit_code if row is not None else _owner(form)
    group_id = row.id if row is not None else None
    found = pasted(db.session(), form.members.data or "", owner, clock.today())
    try:
        if found.sentences:
            raise Faulty({"members": "".join(found.sentences)})
        wanted = Wanted(owner, clean(form.name.data), clean(form.source.data), tuple(found.codes))
        kept = groups.save(db.session(), wanted, clock.now(), group_id=group_id, seen=request.form.get("seen"))
    except Faulty as error:
        db.session.rollback()
        for name, sentence in error.faults.items():
            form[name].errors = [sentence]
        before = request.form.get("seen")  # what somebody changed meanwhile is still to be told
        return _page(form, _found(group_id) if group_id is not None else None, seen=before), error.status
    except DandangError as error:
        db.session.rollback()
        return _page(form, _found(group_id) if group_id is not None else None, error.sentence), error.status
    name, number = kept.name, len(found.codes)
    db.session.commit()
    flash(f"分组“{name}”已保存，共 {number} 个单位。下达任务时可以直接选用。", "done")
    return redirect(url_for("org.group_list"))


def _owner(form: GroupForm) -> str:
    own: tuple[str, ...] = g.viewer.units_with("group.write")
    return form.unit_code.data if form.unit_code.data in own else own[0]


def _found(group_id: int) -> UnitGroup:
    row = groups.find(db.session(), group_id)
    if row is None:
        raise NotFound()
    return row


def _page(form: GroupForm, row: UnitGroup | None, problem: str | None = None, *, seen: str | None = None) -> str:
    own = g.viewer.units_with("group.write")
    named = names(db.session(), own)
    form.unit_code.choices = [SelectChoice(code, named[code]) for code in own]
    shown = by_codes(db.session(), groups.members(db.session(), row.id)[:SHOWN]) if row is not None else []
    return render_template(
        "org/group.html",
        form=form,
        row=row,
        may=row is None or row.unit_code in own,
        owner=names(db.session(), [row.unit_code])[row.unit_code] if row is not None else "",
        units=shown,
        total=groups.sizes(db.session(), [row.id]).get(row.id, 0) if row is not None else 0,
        seen=seen or (groups.stamp_of(row) if row is not None else ""),
        problem=problem,
    )
