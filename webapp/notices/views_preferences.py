"""What the viewer wants to hear outside of the system: channels, hours, kinds of events, and what went out."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp import clock
from webapp.config import Settings
from webapp.errors import Faulty, Refused
from webapp.extensions import db
from webapp.guards import requires
from webapp.notices import channels, outbox, queries
from webapp.notices.forms import ChannelForm, PreferenceForm
from webapp.notices.hours import Hours, own_hours, pack_hours
from webapp.notices.kinds import KINDS
from webapp.notices.models import CHANNELS, STATES, PersonChannel
from webapp.notices.views_pages import pages
from webapp.paging import number_from, paged


@dataclass(frozen=True)
class Shown:
    """One channel on the page: its address masked, or why it cannot be read."""

    row: PersonChannel
    address: str
    readable: bool = True


@pages.get("/inbox/preferences")
@requires("self.manage")
def preferences() -> str:
    """All of it on one page."""
    return _page()


@pages.post("/inbox/preferences")
@requires("self.manage")
def save_preferences() -> Response | tuple[str, int]:
    """Hours and kinds."""
    form, session = PreferenceForm(), db.session()
    try:
        _check(form)
        opens, closes = own_hours(_pack_hours(), (form.opens.data or "").strip(), (form.closes.data or "").strip())
    except Refused as error:
        return _again(error, form=form)
    row = channels.preference(session, g.viewer.person_id, clock.now())
    row.opens, row.closes = opens, closes
    row.muted = [name for name in KINDS if name not in (form.kinds.data or [])]
    flash("提醒设置已保存，下一条提醒起生效。", "done")
    db.session.commit()
    return redirect(url_for(".preferences"), 303)


@pages.post("/inbox/preferences/channels")
@requires("self.manage")
def add_channel() -> Response | tuple[str, int]:
    """Add a channel."""
    form, settings = ChannelForm(), _settings()
    try:
        _check(form)
        channels.add(
            db.session(),
            settings.master_key(),
            g.viewer.person_id,
            kind=form.kind.data,
            address=form.address.data or "",
            secret=form.secret.data or "",
            hosts=settings.webhook_hosts,
            at=clock.now(),
        )
    except Refused as error:
        return _again(error, adding=form)
    flash("渠道已添加。地址已加密保存，以后只显示一部分。", "done")
    db.session.commit()
    return redirect(url_for(".preferences"), 303)


@pages.post("/inbox/preferences/channels/<int:channel_id>/<any(on,off,remove):act>")
@requires("self.manage")
def change_channel(channel_id: int, act: str) -> Response:
    """Use a channel, let it rest, or take it out."""
    session, person_id = db.session(), g.viewer.person_id
    if act == "remove":
        channels.take_out(session, person_id, channel_id, clock.now())
    else:
        channels.switch(session, person_id, channel_id, active=act == "on")
    flash({"on": "渠道已启用。", "off": "渠道已停用。", "remove": "渠道已删除，地址已清除。"}[act], "done")
    db.session.commit()
    return redirect(url_for(".preferences"), 303)


@pages.post("/inbox/preferences/sent/<int:message_id>/again")
@requires("self.manage")
def send_own_again(message_id: int) -> Response:
    """Send one of the viewer's own once more."""
    row = queries.outgoing_one(db.session(), queries.own_outgoing(g.viewer.person_id), message_id)
    outbox.again(db.session(), row, clock.now())
    flash("已安排重发，将在工作日的提醒时间内发出。", "done")
    db.session.commit()
    return redirect(url_for(".preferences"), 303)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _pack_hours() -> Hours:
    unit = g.viewer.grants[0].unit_code if g.viewer.grants else ""
    return pack_hours(db.session(), clock.today(), unit)


def _check(form: FlaskForm) -> None:
    if not form.validate():
        raise Faulty({name: errors[0] for name, errors in form.errors.items() if name})


def _again(error: Refused, **forms: Any) -> tuple[str, int]:
    """The page with what was typed and what is wrong with it."""
    db.session.rollback()
    form = next(iter(forms.values()))
    faults = error.faults if isinstance(error, Faulty) else {}
    for name, words in faults.items():
        if name in form and not form[name].errors:
            form[name].errors = [words]
    return _page(**forms, problem=None if faults else error.sentence), error.status


def _page(form: PreferenceForm | None = None, adding: ChannelForm | None = None, problem: str | None = None) -> str:
    session, person_id, settings = db.session(), g.viewer.person_id, _settings()
    held = channels.held_preference(session, person_id)
    hours = _pack_hours()
    if form is None:
        muted = held.muted if held else []
        known = {
            "opens": (held and held.opens) or f"{hours[0]:%H:%M}",
            "closes": (held and held.closes) or f"{hours[1]:%H:%M}",
            "kinds": [name for name in KINDS if name not in muted],
        }
        form = PreferenceForm(formdata=None, data=known)
    own = [_shown(settings, row) for row in channels.channels(session, person_id)]
    return render_template(
        "notices/preferences.html",
        form=form,
        adding=adding or ChannelForm(formdata=None),
        problem=problem,
        hours=hours,
        channels=own,
        used=next(
            (one.row.id for one in own if one.row.active and (one.row.kind != "mail" or settings.smtp_url)), None
        ),
        mail_works=bool(settings.smtp_url),
        page=paged(session, queries.own_outgoing(person_id), number_from(request.args.get("page"))),
        kinds=CHANNELS,
        states=STATES,
    )


def _shown(settings: Settings, row: PersonChannel) -> Shown:
    try:
        return Shown(row, channels.target_of(settings.master_key(), row).masked)
    except Refused as error:
        return Shown(row, error.sentence, readable=False)
