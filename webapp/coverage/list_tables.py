"""Natural groups and terms of office as they are imported; where they are absent, coverage says 缺."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import clock
from webapp.coverage.models import NaturalGroup, OfficeTerm
from webapp.coverage.queries import KEYS, VILLAGE
from webapp.coverage.table_rows import Imported, day_in, divisions, named_groups, noted, unit_fault
from webapp.org.codes import held
from webapp.policy.service import parameter
from webapp.table_files import Faults, Line

GROUP_LIMIT, REASON_LIMIT, DOCUMENT_LIMIT = 60, 120, 80


def groups(
    session: Session, lines: Sequence[Line], faults: Faults, at: datetime, dry_run: bool, office: str
) -> Imported:
    """The natural groups of villages; a group that ended stays, with day and reason (P-28)."""
    codes = {held(line.cells["unit"]) for line in lines}
    villages = divisions(session, codes)
    known = {(row.village_code, row.name): row for row in session.scalars(named_groups(codes))}
    named = {(held(line.cells["unit"]), line.cells["group"]) for line in lines}
    seen: set[tuple[str, str]] = set()
    fresh, altered, same = [], 0, 0
    for line in lines:
        code, name = held(line.cells["unit"]), line.cells["group"]
        ended = day_in(line, "ended", "停用日期", faults, required=False)
        fault = unit_fault(session, villages.get(code), code, (VILLAGE,))
        if not 1 <= len(name) <= GROUP_LIMIT:
            fault = fault or f"自然村组名称须为 1 至 {GROUP_LIMIT} 个字。请改正。"
        if (code, name) in seen:
            fault = fault or f"自然村组“{name}”在文件中出现两次。请删去一行。"
        seen.add((code, name))
        into, reason = line.cells["into"], line.cells["reason"]
        if into and (into == name or ((code, into) not in named and (code, into) not in known)):
            fault = fault or f"并入的自然村组“{into[:20]}”不在名单中。请改正。"
        if (ended is not None) != bool(reason or into):
            fault = fault or "停用的自然村组应同时写明停用日期和停用原因（或者并入何组）。请补填。"
        if len(reason) > REASON_LIMIT:
            fault = fault or f"停用原因超过 {REASON_LIMIT} 字。请删减。"
        if fault:
            faults.add(line.number, fault)
            continue
        values = {"valid_to": ended, "end_reason": reason or None, "successor_name": into or None}
        row = known.get((code, name))
        if row is None:
            fresh.append(NaturalGroup(village_code=code, name=name, **values))
        elif all(getattr(row, key) == value for key, value in values.items()):
            same += 1
        else:
            altered += 1
            if not dry_run:
                for key, value in values.items():
                    setattr(row, key, value)
    faults.refuse()
    if not dry_run:
        session.add_all(fresh)
    return noted(session, Imported("groups", len(lines), len(fresh), altered, same), dry_run)


def terms(
    session: Session, lines: Sequence[Line], faults: Faults, at: datetime, dry_run: bool, office: str
) -> Imported:
    """Terms of office of units; two terms of a unit do not overlap."""
    codes = {held(line.cells["unit"]) for line in lines}
    units = divisions(session, codes)
    held_rows = list(session.scalars(select(OfficeTerm).where(OfficeTerm.unit_code.in_(codes))))
    known = {(row.unit_code, row.starts_on): row for row in held_rows}
    ends = {key: row.ends_on for key, row in known.items()}
    fresh, altered, same, seen = [], 0, 0, set()
    for line in lines:
        code, document = held(line.cells["unit"]), line.cells["document"]
        first, last = day_in(line, "starts", "任期开始", faults), day_in(line, "ends", "任期届满", faults)
        if first is None or last is None:
            continue
        fault = unit_fault(session, units.get(code), code, tuple(KEYS))
        longest = int(parameter(session, "duty.term_max_years", on=clock.day_of(at), unit_code=code))
        if not first < last or last.year - first.year > longest:
            fault = fault or f"任期届满应晚于任期开始，且不超过 {longest} 年。请核对日期。"
        if any(one == code and other != first and other <= last and first <= end for (one, other), end in ends.items()):
            fault = fault or "与该单位的另一届任期重叠。请核对日期。"
        if (code, first) in seen:
            fault = fault or "该单位的这一届在文件中出现两次。请删去一行。"
        if len(document) > DOCUMENT_LIMIT:
            fault = fault or f"文号超过 {DOCUMENT_LIMIT} 字。请删减。"
        if fault:
            faults.add(line.number, fault)
            continue
        seen.add((code, first))
        ends[code, first] = last
        row = known.get((code, first))
        if row is None:
            fresh.append(OfficeTerm(unit_code=code, starts_on=first, ends_on=last, document_no=document or None))
        elif (row.ends_on, row.document_no) == (last, document or None):
            same += 1
        else:
            altered += 1
            if not dry_run:
                row.ends_on, row.document_no = last, document or None
    faults.refuse()
    if not dry_run:
        session.add_all(fresh)
    return noted(session, Imported("terms", len(lines), len(fresh), altered, same), dry_run)
