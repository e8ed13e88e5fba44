"""Commands of the demo county; refused where the instance is in production."""

import click

from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.demo import accounts as demo_accounts
from webapp.demo import service
from webapp.errors import Refused
from webapp.terminal import print_json, refusals

DEMO = Viewer.system("演示数据", "")


@click.group("demo")
def demo() -> None:
    """The demo county and its accounts."""


@demo.command("load")
def load() -> None:
    """Write the demo county into this instance; does nothing when it is there."""
    with refusals():
        settings = _settings()
        with session_scope(settings.database_url, DEMO) as session:
            fresh = service.load(session, settings.master_key())
        click.echo("已放入演示数据：福贡县。" if fresh else "演示数据已在系统中，未作改动。", err=True)


@demo.command("accounts")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def accounts(as_json: bool) -> None:
    """List the demo accounts with their passwords."""
    with refusals():
        settings = _settings()
        with session_scope(settings.database_url, DEMO, writes=False) as session:
            found = demo_accounts.listed(session, settings.master_key())
        if as_json:
            print_json([vars(account) for account in found])
            return
        if not found:
            raise Refused("系统中没有演示账号。请先运行 ./dandang flask demo load。")
        for account in found:
            click.echo(
                f"{account.login:<20} {account.password:<24} {account.role:<16} {account.unit_code} {account.office}".rstrip()
            )


def _settings() -> Settings:
    settings = Settings.from_env()
    settings.prepare()
    if settings.production:
        raise Refused("正式环境（DANDANG_ENV=production）不提供演示数据和演示账号。")
    return settings
