"""People: one person with all posts in sight; starting and ending a post; the hand-over."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from webapp import clock
from webapp.errors import DandangError, NotFound
from webapp.extensions import db
from webapp.guards import requires
from webapp.org import listing, queries, service
from webapp.org.forms import NEW, EndForm, StartForm, day_from, number_or_none
from webapp.org.models import Division, Organisation, Person, Posting
from webapp.org.pages_views import may_appoint, pages, rule_value
from webapp.org.rules import END_REASONS, FAULT_REASONS, STATIONED, WrongPosting
from webapp.org.service import Appointment
from webapp.permissions import ROLE_NAMES


@pages.get("/org/people/<int:person_id>")
@requires("people.read")
def person(person_id: int) -> str:
    """One person: posts of today and before, and the hand-overs they brought."""
    row = db.session.get(Person, person_id)
    if row is None:
        raise NotFound("没有找到这位同志，或不在您的管辖范围内。请返回列表重新选择。")
    posts = sorted(row.postings, key=lambda post: (post.starts_on, post.id), reverse=True)
    return render_template(
        "org/person.html",
        person=row,
        posts=posts,
        handovers=listing.handovers(db.session(), person_id),
        may_end={post.id for post in posts if may_appoint(post.unit_code) and person_id != g.viewer.person_id},
        may_appoint=bool(g.viewer.units_with("posting.write")) and person_id != g.viewer.person_id,
        roles=ROLE_NAMES,
        stationed=STATIONED,
    )


@pages.get("/org/postings/new")
@requires("posting.write")
def new() -> str:
    """The form for a post; a unit or a person in the address is filled in."""
    form = StartForm(formdata=None)
    form.unit_code.data = request.args.get("unit", "")[:12]
    known = db.session.get(Person, number_or_none(request.args.get("person")) or 0)
    if known is not None:
        form.name.data, form.person.data = known.name, str(known.id)
    return _start_page(form)


@pages.post("/org/postings/new")
@requires("posting.write")
def create() -> tuple[str, int] | Response:
    """Start a post. Where people of the same name are known the form asks which of them is meant."""
    form = StartForm()
    try:
        if not form.person.data and listing.namesakes(db.session(), service.clean_name(form.name.data or "")):
            raise WrongPosting("person", "已有同名人员。请选择是哪一位；都不是的，选“新登记一人”。")
        posting = service.start_posting(
            db.session(), _appointment(form), at=clock.now(), overlap_days=_handover_days(g.viewer.prefixes[0])
        )
    except DandangError as refused:
        return _again(form, refused, _start_page)
    flash(f"已登记{posting.person.name}任{posting.division.name}{ROLE_NAMES[posting.role]}。")
    target = url_for(".person", person_id=posting.person_id)
    db.session.commit()
    return redirect(target)


@pages.get("/org/postings/<int:posting_id>/end")
@requires("posting.write")
def end_form(posting_id: int) -> str:
    """The form for the end of a post."""
    form = EndForm(formdata=None)
    posting = _posting(posting_id)
    form.version.data = str(posting.version)
    form.ends_on.data = (posting.ends_on or clock.today()).isoformat()
    return _end_page(form, posting)


@pages.post("/org/postings/<int:posting_id>/end")
@requires("posting.write")
def end(posting_id: int) -> tuple[str, int] | Response:
    """End a post; a stationed person's end opens the hand-over."""
    form, posting = EndForm(), _posting(posting_id)
    person_id, name, unit_code = posting.person_id, posting.person.name, posting.unit_code
    try:
        service.end_posting(
            db.session(),
            posting_id,
            ends_on=day_from("ends_on", "最后任职日", form.ends_on.data) or clock.today(),
            reason=form.reason.data or "",
            document_no=(form.document_no.data or "").strip(),
            version=number_or_none(form.version.data) or 0,
            at=clock.now(),
            handover_days=_handover_days(unit_code),
        )
    except DandangError as refused:
        return _again(form, refused, lambda again, sentence: _end_page(again, _posting(posting_id), sentence))
    flash(f"已登记{name}离任。")
    db.session.commit()
    return redirect(url_for(".person", person_id=person_id))


def _appointment(form: StartForm) -> Appointment:
    starts_on = day_from("starts_on", "任职开始日", form.starts_on.data)
    return Appointment(
        person_id=None if form.person.data in (None, "", NEW) else number_or_none(form.person.data) or 0,
        name=form.name.data or "",
        role=form.role.data or "",
        unit_code=_unit_typed(form).code,
        starts_on=starts_on or clock.today(),
        ends_on=day_from("ends_on", "最后任职日", form.ends_on.data, required=False),
        document_no=(form.document_no.data or "").replace("\0", "").strip(),
        organisation_id=number_or_none(form.organisation_id.data),
    )


def _unit_typed(form: StartForm) -> Division:
    try:
        return queries.find(db.session(), form.unit_code.data or "")
    except DandangError as error:
        raise WrongPosting("unit_code", error.sentence) from None


def _again(form, refused, page) -> tuple[str, int]:  # type: ignore[no-untyped-def]
    """The form once more with what was typed and the sentence at its field."""
    db.session.rollback()
    field = getattr(form, refused.field, None) if isinstance(refused, WrongPosting) else None
    if field is None:
        return page(form, refused.sentence), refused.status
    field.errors = [refused.sentence]
    return page(form, None), refused.status


def _start_page(form: StartForm, sentence: str | None = None) -> str:
    unit = None
    try:
        unit = queries.find(db.session(), form.unit_code.data or "")
    except DandangError:
        organisations: list[Organisation] = []
    else:
        organisations = db.session.query(Organisation).filter_by(unit_code=unit.code).order_by(Organisation.id).all()
    form.offer(unit.level if unit else None, organisations)
    people = listing.namesakes(db.session(), (form.name.data or "").replace("\0", "").strip())
    form.person.choices = [SelectChoice(str(one.id), _known(one)) for one in people]
    if people:
        form.person.choices.append(SelectChoice(NEW, "都不是，新登记一人"))
    return render_template("org/posting_new.html", form=form, unit=unit, sentence=sentence)


def _known(one: Person) -> str:
    posts = [f"{post.division.name}{ROLE_NAMES[post.role]}" for post in one.postings[-3:]]
    return f"{one.name}：{'、'.join(posts)}" if posts else one.name


def _end_page(form: EndForm, posting: Posting, sentence: str | None = None) -> str:
    days = _handover_days(posting.unit_code) if posting.role in STATIONED else None
    if posting.role in STATIONED:  # an end for a fault is a recall
        form.reason.choices = [SelectChoice(one, one) for one in END_REASONS if one not in FAULT_REASONS]
    return render_template(
        "org/posting_end.html", form=form, posting=posting, roles=ROLE_NAMES, handover_days=days, sentence=sentence
    )


def _posting(posting_id: int) -> Posting:
    posting = db.session.get(Posting, posting_id)
    if posting is None or not may_appoint(posting.unit_code):
        raise NotFound()
    return posting


def _handover_days(unit_code: str) -> int:
    return int(rule_value("tenure.handover_days", unit_code))
