"""A person's channels to the outside: added, switched, taken out; the address sealed and shown masked."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit
from webapp.errors import Faulty, NotFound, Refused
from webapp.notices.addresses import Endpoint, endpoint
from webapp.notices.models import CHANNELS, NoticePreference, OutsideMessage, PersonChannel
from webapp.notices.sealed import seal, unseal

MOST = 5
ROBOTS = {
    "wecom": ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key", re.compile(r"[\w-]{8,80}", re.ASCII)),
    "dingtalk": ("oapi.dingtalk.com", "/robot/send", "access_token", re.compile(r"[a-zA-Z0-9]{16,128}")),
}
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", re.ASCII)
_SECRET = re.compile(r"[a-zA-Z0-9]{0,128}")
_TAKEN_OUT = "渠道已由本人删除，这条提醒不再发出。"


@dataclass(frozen=True)
class Target:
    """An address in clear; lives in memory only."""

    kind: str
    address: str
    secret: str = ""

    def endpoint(self, hosts: Sequence[str]) -> Endpoint:
        """The address of a robot or interface, judged. Raises `Refused`."""
        return endpoint(self.address, hosts)

    @property
    def masked(self) -> str:
        """Enough to know it again, too little to write to it."""
        if self.kind == "mail":
            name, _, host = self.address.partition("@")
            return f"{name[:1]}***@{host}"
        host = self.address.split("//", 1)[1].split("/", 1)[0]
        return f"{host}/……{self.address[-4:]}"


def channels(session: Session, person_id: int) -> list[PersonChannel]:
    """A person's channels in the order in which they are tried, without those taken out."""
    own = select(PersonChannel).where(PersonChannel.person_id == person_id, PersonChannel.ended_at.is_(None))
    return list(session.scalars(own.order_by(PersonChannel.id)))


def add(
    session: Session,
    master: bytes,
    person_id: int,
    *,
    kind: str,
    address: str,
    secret: str = "",
    hosts: Sequence[str],
    at: datetime,
) -> PersonChannel:
    """Add a channel. Raises `Faulty`; the same address a second time (a second click) gives the one that stands."""
    target = Target(kind, address.strip(), secret.strip())
    _judge(target, hosts)
    held = channels(session, person_id)
    for one in held:
        if one.kind == kind and _opens_to(master, one, target):
            return one
    if len(held) >= MOST:
        raise Refused(f"最多添加 {MOST} 个渠道。请先删除不用的渠道。")
    row = PersonChannel(person_id=person_id, kind=kind, target="", created_at=at)
    session.add(row)
    session.flush()
    row.target = seal(master, cell(row), json.dumps({"address": target.address, "secret": target.secret}))
    preference(session, person_id, at)
    audit.record(session, "channel.add", "person_channel", row.id, after={"kind": kind})
    return row


def switch(session: Session, person_id: int, channel_id: int, active: bool) -> None:
    """Use a channel or let it rest."""
    own(session, person_id, channel_id).active = active


def take_out(session: Session, person_id: int, channel_id: int, at: datetime) -> None:
    """Wipe a channel's address; what waited for it is not sent."""
    row = own(session, person_id, channel_id)
    row.target, row.active, row.ended_at = "", False, at
    session.flush()
    for message in session.scalars(
        select(OutsideMessage).where(OutsideMessage.channel_id == row.id, OutsideMessage.state == "waiting")
    ):
        message.state, message.last_error = "failed", _TAKEN_OUT
    audit.record(session, "channel.take_out", "person_channel", row.id, after={"kind": row.kind})


def own(session: Session, person_id: int, channel_id: int) -> PersonChannel:
    """One of the person's channels. Raises `NotFound`."""
    row = session.get(PersonChannel, channel_id)
    if row is None or row.person_id != person_id or row.ended_at is not None:
        raise NotFound("没有找到这个渠道。请返回提醒设置重新选择。")
    return row


def target_of(master: bytes, row: PersonChannel) -> Target:
    """The address in clear. Raises `Refused` when it does not open."""
    held = json.loads(unseal(master, cell(row), row.target))
    return Target(row.kind, held["address"], held["secret"])


def cell(row: PersonChannel) -> str:
    """What the sealed address is bound to."""
    return f"person_channel:{row.id}:target"


def preference(session: Session, person_id: int, at: datetime) -> NoticePreference:
    """A person's preferences; made when first needed, and what came before that day stays in the inbox."""
    row = held_preference(session, person_id)
    if row is None:
        row = NoticePreference(person_id=person_id, muted=[], gathered_until=at)
        session.add(row)
        session.flush()
    return row


def held_preference(session: Session, person_id: int) -> NoticePreference | None:
    """A person's preferences, None while everything is as usual."""
    return session.scalar(select(NoticePreference).where(NoticePreference.person_id == person_id))


def _opens_to(master: bytes, row: PersonChannel, target: Target) -> bool:
    try:
        return target_of(master, row) == target
    except Refused:
        return False


def _judge(target: Target, hosts: Sequence[str]) -> None:
    if target.kind not in CHANNELS:
        raise Faulty({"kind": "请选择渠道。"})
    if target.kind == "mail":
        if not _MAIL.fullmatch(target.address) or len(target.address) > 120:
            raise Faulty({"address": "邮箱地址不正确。请填写单位邮箱，如 name@example.gov.cn。"})
        return
    try:
        where = target.endpoint(hosts)
    except Refused as error:
        raise Faulty({"address": str(error)}) from error
    if target.kind in ROBOTS:
        host, path, name, form = ROBOTS[target.kind]
        if (where.host, where.path) != (host, path) or not form.fullmatch(where.query.get(name, "")):
            words = f"这不是{CHANNELS[target.kind]}的地址。请在群机器人设置中复制完整的 Webhook 地址。"
            raise Faulty({"address": words})
    if not _SECRET.fullmatch(target.secret):
        raise Faulty({"secret": "加签密钥不正确。请在钉钉群机器人设置中重新复制，没有启用加签的请留空。"})
