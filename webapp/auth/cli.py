"""Commands on accounts and on the audit log. They work without the server."""

import sys

import click

from webapp.access import Viewer
from webapp.auth import accounts as acts
from webapp.auth import enrolment, passwords, sealing
from webapp.config import Settings
from webapp.db import session_scope
from webapp.org.codes import full
from webapp.permissions import ROLE_NAMES
from webapp.terminal import print_json, refusals

OPERATOR = Viewer.system("命令行", "")


@click.group("accounts")
def accounts() -> None:
    """Accounts: make one with person and post, reset a password."""


@accounts.command("create")
@click.argument("login")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--role", required=True, help=f"One of: {', '.join(ROLE_NAMES)}.")
@click.option("--division", required=True, help="Division code of 2, 4, 6, 9 or 12 digits.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def create(login: str, name: str, role: str, division: str, as_json: bool) -> None:
    """Make a person, a posting from today and an account; prints a one-time password."""
    one_time = passwords.one_time()
    with refusals(), session_scope(Settings.from_env().database_url, OPERATOR) as session:
        account, posting = enrolment.enrol(session, login, name=name, role=role, division=division, one_time=one_time)
        made = {"login": account.login, "role": posting.role, "unit_code": full(posting.unit_code)}
    _tell(made, one_time, as_json)


@accounts.command("reset-password")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def reset_password(login: str, as_json: bool) -> None:
    """Set a one-time password, end all sessions of the account and open its locks."""
    one_time = passwords.one_time()
    with refusals(), session_scope(Settings.from_env().database_url, OPERATOR) as session:
        account = enrolment.by_login(session, login)
        made = {"login": acts.reset_password(session, OPERATOR, account.id, one_time).login}
    _tell(made, one_time, as_json)


def _tell(made: dict[str, str], one_time: str, as_json: bool) -> None:
    if as_json:
        print_json(made | {"password": one_time})
        return
    click.echo(f"账号 {made['login']} 的一次性密码（首次登录须修改）：", err=True)
    click.echo(one_time)


@click.group("audit")
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def verify(as_json: bool) -> None:
    """Walk the chains and name the first entry that was changed, removed, put in or put elsewhere."""
    settings = Settings.from_env()
    with refusals(), session_scope(settings.database_url, OPERATOR, writes=False) as session:
        checked = sealing.verify(session, sealing.heads_file(settings.instance))
    if as_json:
        print_json(
            {
                "ok": checked.broken is None,
                "entries": checked.entries,
                "waiting": checked.waiting,
                "broken_entry": checked.entry_id,
            }
        )
    if checked.broken is not None:
        click.echo(f"{checked.broken}请立即保全数据库并报告安全管理员。", err=True)
        sys.exit(1)
    if not as_json:
        click.echo(f"审计记录完整：已核对 {checked.entries} 条，另有 {checked.waiting} 条等待封存。")
