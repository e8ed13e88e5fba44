"""Robots and interfaces of other systems, by Apprise: three of its plugins, none loaded from disk, no redirects."""

from collections.abc import Callable, Sequence

from apprise.asset import AppriseAsset
from apprise.plugins import custom_json, dingtalk, wecombot
from apprise.plugins.base import NotifyBase

from webapp.errors import Refused
from webapp.notices.channels import Target
from webapp.notices.outbox import NotTaken
from webapp.notices.wire import Wire, calling

for _plugin in (custom_json, dingtalk, wecombot):
    vars(_plugin)["requests"] = Wire()
_ASSET = AppriseAsset(storage_mode="memory", http_redirects=False, app_id="Dandang", async_mode=False)


def say(
    target: Target, subject: str, text: str, message_id: str, hosts: Sequence[str], promise: Callable[[], None]
) -> None:
    """Say one thing through a robot. Returns when it was accepted; raises as `outbox.Carrier.hand_over` says."""
    robot = _robot(target, message_id, hosts)
    with calling(hosts, promise) as call:
        robot.notify(body=text, title=subject)
    if isinstance(call.problem, Refused):
        raise NotTaken(str(call.problem), final=True)
    if call.problem is not None:
        raise call.problem
    if not call.accepted:
        raise NotTaken("这个渠道没有发出任何内容。请删除后重新添加。", final=True)


def _robot(target: Target, message_id: str, hosts: Sequence[str]) -> NotifyBase:
    where = target.endpoint(hosts)
    if target.kind == "wecom":
        return wecombot.NotifyWeComBot(key=where.query.get("key", ""), asset=_ASSET)
    if target.kind == "dingtalk":
        token = where.query.get("access_token", "")
        return dingtalk.NotifyDingTalk(token=token, secret=target.secret or None, asset=_ASSET)
    return custom_json.NotifyJSON(
        host=where.host,
        port=where.port,
        fullpath=where.path,
        secure=where.secure,
        params=where.query,
        # For receivers that know the same message when it comes again.
        headers={"Idempotency-Key": message_id},
        asset=_ASSET,
    )
