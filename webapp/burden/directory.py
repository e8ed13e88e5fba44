"""The form directory: what may be asked, by whom, until when (X-4, X-11, X-16); ending what is no longer needed."""

from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import audit, clock
from webapp.access import Viewer, below, viewer_of
from webapp.burden.models import Demand, DemandField
from webapp.errors import Conflict, Forbidden, NotFound, Refused
from webapp.org.codes import ancestors
from webapp.words import clean, day_words

REASON_LIMIT = 300
KINDS = {"task": "任务", "sheet": "村级月报单", "check_list": "排查清单", "form": "表单"}


def listed(viewer: Viewer, on: date, state: str = "in_force", words: str = "") -> Select[tuple[Demand]]:
    """Demands of the viewer's line of levels, by owner and number; `state` is "in_force", "over" or "" for all."""
    line = or_(
        *(
            or_(Demand.owner_code.in_([*ancestors(prefix), prefix]), below(Demand.owner_code, prefix))
            for prefix in viewer.prefixes
        )
    )
    statement = (select(Demand).where(line).options(joinedload(Demand.owner), selectinload(Demand.fields))).order_by(
        Demand.owner_code, Demand.id
    )
    if words:
        statement = statement.where(
            or_(
                Demand.title.icontains(words, autoescape=True),
                Demand.owner_name.icontains(words, autoescape=True),
                Demand.document_no.icontains(words, autoescape=True),
                Demand.fields.any(DemandField.label.icontains(words, autoescape=True)),
            )
        )
    if state == "in_force":
        return statement.where(Demand.state == "granted", Demand.ends_on >= on)
    if state == "over":
        return statement.where(or_(Demand.state == "ended", Demand.ends_on < on))
    return statement


def demand_of(session: Session, demand_id: int) -> Demand:
    """One demand of the viewer's line of levels. Raises `NotFound`."""
    viewer = viewer_of(session)
    row = session.get(Demand, demand_id, options=[selectinload(Demand.fields), joinedload(Demand.owner)])
    if row is None or not (
        viewer.reaches(row.owner_code) or any(prefix.startswith(row.owner_code) for prefix in viewer.prefixes)
    ):
        raise NotFound()
    return row


def may_end(viewer: Viewer, demand: Demand) -> bool:
    """Whether the viewer may end a demand: the desk of its owner or above, or the burden-relief office over it."""
    units = (*viewer.units_with("task.issue"), *viewer.units_with("complaint.answer"))
    return any(demand.owner_code.startswith(unit) for unit in units)


def end(session: Session, demand_id: int, *, reason: str, at: datetime) -> Demand:
    """Take a demand out of force from today on, with the reason; a second click changes nothing.

    Raises `NotFound`, `Forbidden`, `Refused` without a reason, `Conflict` when it was ended for another reason.
    """
    viewer = viewer_of(session)
    row = session.get(Demand, demand_id)
    if row is None or not viewer.reaches(row.owner_code):
        raise NotFound()
    if viewer.kind != "system" and not may_end(viewer, row):
        raise Forbidden()
    said = clean(reason)
    if not said:
        raise Refused("没有填写停用原因。请补填后再提交。")
    if len(said) > REASON_LIMIT:
        raise Refused(f"停用原因超过 {REASON_LIMIT} 字，现有 {len(said)} 字。请删减后再提交。")
    if row.state == "ended":
        if row.end_reason == said:
            return row
        raise Conflict("这张表单已经停用。请刷新页面查看停用原因。")
    take_out(session, row, said, at)
    return row


def take_out(session: Session, row: Demand, reason: str, at: datetime) -> None:
    """End a demand that its owner has judged, or whose task was recalled as a whole."""
    row.state, row.ended_on, row.end_reason = "ended", clock.day_of(at), reason
    audit.record(
        session, "demand.end", "demand", row.id, unit_code=row.owner_code, after={"state": "ended"}, reason=reason
    )
    session.flush()


def end_by_key(session: Session, key: str, *, reason: str, at: datetime) -> None:
    """End the demand of a task or sheet that was recalled as a whole; nothing happens where there is none in force."""
    row = session.scalar(select(Demand).where(Demand.key == key, Demand.state == "granted"))
    if row is not None:
        take_out(session, row, clean(reason)[:REASON_LIMIT] or "已撤回", at)


def state_words(demand: Demand, on: date) -> str:
    """ "在用", "已到期" or "已停用"."""
    if demand.state == "ended":
        return "已停用"
    return "在用" if on <= demand.ends_on else "已到期"


def blank_form(demand: Demand, unit_name: str, on: date) -> list[list[object]]:
    """The rows of an empty form, with issuer, directory number and end date (X-20).

    Raises `Refused` for one that is out of force: it cannot be handed out any more.
    """
    if not demand.in_force(on):
        since = demand.ended_on or demand.ends_on
        raise Refused(f"这张表单已于{day_words(since)}停用，不能导出空白表。请使用目录中在用的表单。")
    return [
        [demand.title],
        ["目录编号", demand.directory_no, "责任单位", demand.owner_name],
        ["依据", demand.document_no or demand.basis, "有效期至", demand.ends_on],
        ["填报单位", unit_name, "预计用时（分钟）", demand.minutes],
        ["序号", "内容", "填报", "说明"],
        *(
            [number, field.label, "", f"已有数据，由{field.holder}掌握，不用填报" if field.mode == "prefill" else ""]
            for number, field in enumerate(demand.fields, 1)
        ),
    ]
