"""The pages of the three steps of a new task, made from what was typed so far."""

from flask import g, render_template
from werkzeug.datastructures import MultiDict

from webapp import clock
from webapp.accountability import checking, forms_choosing, targets
from webapp.accountability.forms_choosing import Choice
from webapp.accountability.forms_new import TaskForm
from webapp.accountability.forms_weights import odd_weights, read_weights, written_weights
from webapp.accountability.judging import judged, organisations
from webapp.accountability.thresholds import thresholds
from webapp.accountability.urgency import approvers
from webapp.extensions import db
from webapp.org.models import Division
from webapp.paging import SIZE, Page
from webapp.policy.calendar import work_calendar


def what(
    form: TaskForm,
    choice: Choice,
    typed: MultiDict[str, str],
    problem: str | None = None,
    draft: bool = False,
) -> str:
    """The page of step one; `draft` says that it holds changes of a stored draft."""
    session, today, issuer = db.session(), clock.today(), form.issuer.data
    form.offer_people(
        organisations(session, issuer, today),
        approvers(session, issuer, today, besides=g.viewer.person_id),
    )
    return render_template(
        "accountability/new_what.html",
        form=form,
        choice=choice,
        weights=written_weights(read_weights(typed)),
        scheduled_for=typed.get("scheduled_for", ""),
        problem=problem,
        draft=draft,
    )


def whom(form: TaskForm, choice: Choice, typed: MultiDict[str, str]) -> str:
    """The page of step two: whole levels, groups, a pasted list, and the open part of the tree."""
    session, today = db.session(), clock.today()
    tree = forms_choosing.tree(session, choice, today)
    return render_template(
        "accountability/new_whom.html",
        form=form,
        kept=form.kept(typed),
        choice=choice,
        tree=tree,
        outside=[code for code in choice.codes if code not in tree.shown],
        listed=forms_choosing.listed(session, choice),
        roots=forms_choosing.roots(session, choice, today),
        levels=targets.levels_below(choice.issuer),
        groups=targets.groups_for(session, choice.issuer, today),
        scheduled_for=typed.get("scheduled_for", ""),
        weights=written_weights(read_weights(typed)),
    )


def check(
    form: TaskForm,
    choice: Choice,
    chosen: list[Division],
    typed: MultiDict[str, str],
    problem: str | None,
    number: int,
    at_once: int,
) -> str:
    """下达前核对: who is asked what in the month, this task included, and which fields somebody holds already (X-5)."""
    session, today, issuer, codes = db.session(), clock.today(), form.issuer.data, [unit.code for unit in chosen]
    terms, calendar = form.terms(), work_calendar(session)
    verdict = judged(session, terms, codes, issuer, form.request_id.data or "", clock.now(), g.viewer.person_id)
    ceilings = thresholds(session, today, issuer).ceilings
    named = organisations(session, issuer, today) if terms.lead_id or terms.assist_ids else []
    parties = {one.id: one.name for one in named}
    may_approve = approvers(session, issuer, today, besides=g.viewer.person_id) if terms.urgent else []
    page = Page([], min(number, max(1, -(-len(codes) // SIZE))), len(codes))
    start = (page.number - 1) * SIZE
    return render_template(
        "accountability/new_check.html",
        form=form,
        kept=form.kept(typed),
        choice=choice,
        asked=terms,
        parties=parties,
        assisting=[parties[one] for one in terms.assist_ids if one in parties],
        held={one.field.name: one for one in verdict.held},
        approver=next((one.words for one in may_approve if one.person_id == terms.approver_id), None),
        lines=checking.lines(session, chosen[start : start + SIZE], verdict.costs, terms.due_on, issuer),
        page=page,
        units=codes,
        units_fault=verdict.faults.get("units"),
        weights=read_weights(typed) | odd_weights(typed),
        written=written_weights(read_weights(typed)),
        scheduled_for=typed.get("scheduled_for", ""),
        issuer={choice.value: choice.label for choice in form.issuer.choices}[issuer],
        ceilings=ceilings,
        at_once=at_once,
        workdays=calendar.workdays_between(today, terms.due_on),
        provisional=calendar.provisional(terms.due_on),
        problem=problem,
    )
