"""Tells the person at the terminal when the pages answer: the address, and in a demo one account for each role."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

from hosting.terminal import say
from webapp.config import Settings
from webapp.org.codes import candidates
from webapp.permissions import LEVELS, ROLE_NAMES

PARTS = {"database": "数据库", "scheduler": "调度", "prefect": "流程服务"}
LEVEL_NAMES = {"province": "省级", "city": "市级", "county": "县级", "township": "乡镇", "village": "村级"}
PATIENCE_SECONDS = 45
PAUSE_SECONDS = 0.5


class Announcement:
    """Looks at /healthz until all parts are well, says so once, and is silent from then on."""

    def __init__(self, settings: Settings, asked: str, address: str) -> None:
        self._settings = settings
        self._asked = asked
        self._address = address
        self._began = self._looked = time.monotonic()
        self._said = False

    def look(self) -> None:
        """Ask once in a while; after long waiting say what is not well yet, and go on without a word."""
        now = time.monotonic()
        if self._said or now - self._looked < PAUSE_SECONDS:
            return
        self._looked = now
        parts = health(self._asked)
        well = bool(parts) and set(parts.values()) == {"ok"}
        if not well and now - self._began < PATIENCE_SECONDS:
            return
        self._said = True
        if not parts:
            say(f"网页服务没有应答，系统会继续尝试启动。请查看 {self._settings.instance / 'logs' / 'web.log'}。")
            return
        say(f"担当已启动：{self._address}")
        late = [PARTS.get(name, name) for name, state in parts.items() if state != "ok"]
        if late:
            say(f"尚未就绪：{'、'.join(late)}。页面可以使用，相关工作会等待；详情请运行 ./dandang doctor。")
        for line in account_lines(accounts_file(self._settings.instance)):
            say(line)
        say("按 Ctrl-C 停止。")


def health(address: str) -> dict[str, str]:
    """The parts as /healthz names them, nothing while nobody answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address}/healthz", timeout=5) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read() if error.code == 503 else b"{}"
    except OSError:
        return {}
    try:
        parts = json.loads(body)
    except ValueError:
        return {}
    return parts if isinstance(parts, dict) else {}


def accounts_file(instance: Path) -> Path:
    """Where the set-up notes the demo accounts, so that a start need not ask for them."""
    return instance / "run" / "demo-accounts.json"


def account_lines(file: Path) -> list[str]:
    """The demo accounts that a first visit needs, as lines; none where there is no demo.

    One for each role, the county's where it has one, and what the tour of README.md asks for besides: a village
    secretary, and the other person at the county desk.
    """
    if not file.is_file():
        return []
    accounts = [
        (account, LEVELS[len(candidates(account["unit_code"])[0])])
        for account in json.loads(file.read_text(encoding="utf-8"))
    ]
    lines = ["演示账号（全部账号：./dandang flask demo accounts）："]
    for role in dict.fromkeys(account["role"] for account, _ in accounts):
        of_role = [(account, level) for account, level in accounts if account["role"] == role]
        chosen = [one for one in of_role if one[1] == "county"][: 2 if role == "desk" else 1] or of_role[:1]
        if role == "secretary":
            chosen += [one for one in of_role if one[1] == "village"][:1]
        if role == "desk":
            chosen += [one for one in of_role if one[0].get("office")]
        for account, level in chosen:
            post = f"{LEVEL_NAMES[level]}{account.get('office', '')}{ROLE_NAMES.get(role, role)}"
            lines.append(f"  {account['login']:<16} {account['password']:<22} {post}")
    return lines
