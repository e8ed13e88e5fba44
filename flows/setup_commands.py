"""`flask setup-instance`: from an empty folder to a system that can serve. Each step is safe to repeat and to interrupt."""

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import select

from reports.errors import ReportError
from webapp import clock
from webapp.access import Viewer
from webapp.auth.models import Account
from webapp.config import ROOT, Settings
from webapp.db import session_scope
from webapp.delivery.models import Delivery, ReportFile
from webapp.delivery.queries import assessment_of
from webapp.demo import service as demo
from webapp.errors import Refused
from webapp.policy import calendar, duty_lists, service
from webapp.terminal import refusals

MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
ASSESSED = "2026H1"
FIRST_ADMIN = """还没有账号。请先导入区划，再建立第一个系统管理员（安全、审计管理员和县级经办同样建立，把角色换成
security_admin、audit_admin、desk）：
  ./dandang flask divisions import 区划.csv
  ./dandang flask accounts create admin --name 姓名 --role system_admin --division 区划代码"""


@click.command("setup-instance")
@click.option("--no-demo", is_flag=True, help="Without demo county and demo accounts.")
def setup_instance(no_demo: bool) -> None:
    """Keys, database, calendar, rule packs; unless --no-demo the demo county, compiled, with its PDFs delivered."""
    settings = Settings.from_env()
    with refusals(ReportError):
        if settings.production and not no_demo:
            raise Refused("正式环境不能装入演示数据。请加 --no-demo。")
        settings.prepare()
        click.echo("数据库：升级到当前版本")
        _upgrade(settings)
        system = Viewer.system("安装", "")
        with session_scope(settings.database_url, system) as session:
            calendar.seed(session)
            service.load_packs(session, settings.instance / "packs")
            duty_lists.load(session, settings.instance / "duty_lists")
            enrolled = session.scalar(select(Account.id).limit(1)) is not None
        if no_demo:
            click.echo("准备完成。" if enrolled else FIRST_ADMIN)
            return
        with session_scope(settings.database_url, system) as session:
            if demo.load(session, settings.master_key()):
                click.echo("演示数据：福贡县（虚构人员和工作记录，真实区划）")
        _compile_and_deliver(settings)
    click.echo("准备完成。")


def _upgrade(settings: Settings) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = settings.database_url
    command.upgrade(config, "head")


def _compile_and_deliver(settings: Settings) -> None:
    """Compile the demo's months and its assessment, render both reports, deliver the month that is due."""
    with session_scope(settings.database_url, Viewer.system("安装", ""), writes=False) as session:
        delivered = session.scalar(select(Delivery.id).where(Delivery.state == "delivered").limit(1))
        assessed = session.scalar(select(ReportFile.id).where(ReportFile.kind == "evaluation-report").limit(1))
        if delivered and assessed:
            return
        plan = assessment_of(session, demo.COUNTY, ASSESSED).plan_number
    click.echo("测算：编制演示县近月指标和上半年考核，生成 PDF 报告")
    from flows.prefect_server import prefect_api  # noqa: PLC0415

    with prefect_api(settings):
        from flows.evaluate_period import evaluate_period  # noqa: PLC0415
        from flows.publish_reports import make_report, publish_reports  # noqa: PLC0415

        for month in MONTHS:
            evaluate_period(month, demo.COUNTY)
        make_report("evaluation-report", evaluate_period(ASSESSED, demo.COUNTY, plan))
        publish_reports(clock.now())
