"""Carries the rows of `OutsideMessage`. Every one says the same: that something waits, and where to sign in (X-15)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.policy import SMTP

from sqlalchemy.orm import Session

from webapp.errors import DandangError
from webapp.notices import mailing, robots
from webapp.notices.channels import Target, target_of
from webapp.notices.models import OutsideMessage, PersonChannel
from webapp.notices.outbox import NotTaken

SUBJECT = "您有待办"


@dataclass(frozen=True)
class Parcel:
    """What goes out: where to, and the number that the receiver may know it by."""

    target: Target
    message_id: str


@dataclass(frozen=True)
class Outside:
    """How the day's messages reach people."""

    master: bytes
    base_url: str
    hosts: Sequence[str]
    mail_from: str
    server: mailing.Server | None
    at: datetime

    @property
    def text(self) -> str:
        """The whole text: no name, no title, nothing of any task."""
        return f"您有待办，请登录查看：{self.base_url}/"

    def parcel(self, session: Session, row: OutsideMessage) -> Parcel:
        """The address in clear. Raises `NotTaken` for an address that does not open or is not allowed any more."""
        channel = session.get_one(PersonChannel, row.channel_id)
        try:
            target = target_of(self.master, channel)
            if target.kind != "mail":
                target.endpoint(self.hosts)
        except DandangError as error:
            raise NotTaken(error.sentence, final=True) from error
        return Parcel(target, row.message_id)

    def hand_over(self, parcel: Parcel, promise: Callable[[], None]) -> None:
        """By mail, or through a robot or interface."""
        if parcel.target.kind == "mail":
            self._mail(parcel, promise)
        else:
            robots.say(parcel.target, SUBJECT, self.text, parcel.message_id, self.hosts, promise)

    def _mail(self, parcel: Parcel, promise: Callable[[], None]) -> None:
        if self.server is None:
            raise NotTaken("尚未配置邮件服务器，稍后自动重试。", final=False)
        to = parcel.target.address
        content = mailing.letter(self.mail_from, to, SUBJECT, self.text, parcel.message_id, self.at)
        mailing.hand_in(self.server, self.mail_from, (to, content.as_bytes(policy=SMTP)), promise)
