"""What a device sends, as JSON: read strictly, judged field by field, answered in the same shape every time.

The format is that of docs/architecture.md (*What a device sends*); stored lines of it can be replayed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from webapp.errors import Faulty
from webapp.words import canonical, clean
from webapp.worklogs import bindings
from webapp.worklogs.models import WorkLog, WorkLogVersion
from webapp.worklogs.rules import DeviceClock, Entry, faults_of

BODY_LIMIT = 256 * 1024
"""Bytes of one submission; the longest text fits in whichever way its characters are written."""
BOUND_LIMIT = 50
"""Rows of one kind that one log can serve."""
YEARS = range(1971, 2200)
"""Years that the clock of a device may show; a phone without a battery starts in 1980 or 2000."""
_FIELDS = {"id", "base_version", "unit_code", "day", "duty_area", "text", "device_time", "sent_time"}
"""What a submission holds besides the rows it serves; anything else, such as a position, is refused (X-1)."""
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Submission:
    """One log as a device sends it. `base_version` is what the editor saw, None for a new log."""

    log_id: str
    base_version: int | None
    entry: Entry
    device_time: datetime
    sent_time: datetime | None

    def clock_at(self, at: datetime) -> DeviceClock:
        """The device's clock beside the server's."""
        return DeviceClock(self.device_time, self.sent_time, at)


def read(body: bytes) -> Any:
    """The JSON value of a body. Raises `Faulty` for anything that is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Faulty({"body": "发送的内容读不出来，没有保存。请更新页面后再次发送。"}) from None


def parsed(sent: Any) -> Submission:
    """The submission that a JSON value holds. Raises `Faulty` with a sentence for every field that is not right."""
    if not isinstance(sent, dict):
        raise Faulty({"body": "发送的内容不完整，没有保存。请更新页面后再次发送。"})
    known = _FIELDS | {kind.field for kind in bindings.KINDS.values()}
    faults: dict[str, str] = {
        name: f"日志没有“{name[:40]}”这一项，没有保存。请删去后再次发送。" for name in sent if name not in known
    }
    log_id = canonical(sent["id"]) if isinstance(sent.get("id"), str) else None
    if log_id is None:
        faults["id"] = "这条日志的编号不正确。请另存为新的一条再发送。"
    base = sent.get("base_version")
    if base is not None and not _is_id(base):
        faults["base_version"] = "这条日志的版本号不正确。请另存为新的一条再发送。"
    day = _day(sent.get("day"))
    if day is None:
        faults["day"] = "日期不正确。请重新选择这条日志是哪一天的。"
    device_time = _moment(sent.get("device_time"))
    if device_time is None:
        faults["device_time"] = "没有收到手机的时间。请检查手机的日期和时间后再次发送。"
    sent_time = _moment(sent.get("sent_time"))
    text = sent.get("text")
    entry = Entry(
        unit_code=sent["unit_code"] if _is_code(sent.get("unit_code")) else "",
        day=day or date.min,
        duty_area=sent["duty_area"] if isinstance(sent.get("duty_area"), str) else "",
        text=clean(text) if isinstance(text, str) else "",
        assignment_ids=_ids(sent, bindings.KINDS[bindings.TASK], faults),
        others=tuple((kind.name, target) for kind in bindings.others() for target in _ids(sent, kind, faults)),
    )
    if not entry.unit_code:
        faults["unit_code"] = "没有选择村。请选择这条日志是哪个村的。"
    faults |= faults_of(entry)
    if faults or log_id is None or day is None or device_time is None:
        raise Faulty(faults)
    return Submission(log_id, base, entry, device_time, sent_time)


def body_of(entry: Entry) -> dict[str, Any]:
    """What an entry says, under the names of the format."""
    return {
        "unit_code": entry.unit_code,
        "day": entry.day.isoformat(),
        "duty_area": entry.duty_area,
        "text": entry.text,
    } | _named(bindings.bound_by(entry))


def held_body(log: WorkLog, version: WorkLogVersion) -> dict[str, Any]:
    """The present version of a log, under the same names."""
    return {
        "version": version.number,
        "unit_code": log.unit_code,
        "day": version.day.isoformat(),
        "duty_area": version.duty_area,
        "text": version.text,
        "saved_at": version.saved_at.isoformat(),
        "saved_by": log.author.name,
    } | _named(bindings.bound_to(log))


def _named(bound: dict[str, tuple[int, ...]]) -> dict[str, list[int]]:
    return {kind.field: sorted(set(bound.get(kind.name, ()))) for kind in bindings.KINDS.values()}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        return None
    return moment.astimezone(UTC)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_ID


def _ids(sent: dict[str, Any], kind: bindings.Kind, faults: dict[str, str]) -> tuple[int, ...]:
    value = sent.get(kind.field)
    listed: Sequence[Any] = value if isinstance(value, list) else [] if value is None else [None]
    if len(listed) > BOUND_LIMIT or not all(_is_id(one) for one in listed):
        faults[kind.field] = f"所选的{kind.label}不正确。请重新选择。"
        return ()
    return tuple(listed)
