"""Commands on reports and deliveries. Prefect is imported by the commands that need it, not by every command."""

import hashlib
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.exc import DatabaseError

from reports.errors import ReportError
from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.delivery import archive
from webapp.delivery.models import Delivery, ReportFile
from webapp.delivery.queries import all_deliveries, assessment_of
from webapp.errors import Refused
from webapp.org.queries import find
from webapp.terminal import print_json, refusals

LARGEST_FILE = 64 * 1024 * 1024
FARTHEST = timedelta(days=731)


@click.group("reports")
def reports() -> None:
    """Render reports and verify files."""


@reports.command("render")
@click.argument("kind", type=click.Choice(["period-report", "evaluation-report"]))
@click.option("--root", required=True, metavar="CODE")
@click.option("--period", required=True, metavar="P")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--assessment", default="", metavar="NUMBER")
def render(kind: str, root: str, period: str, out: Path, assessment: str) -> None:
    """Compile the period if its facts have changed, render the PDF, archive it and write it to FILE."""
    settings = Settings.from_env()
    with refusals(ReportError):
        if not out.absolute().parent.is_dir():
            raise Refused(f"文件夹 {out.parent} 不存在。请先建立文件夹，或改写 --out。")
        with session_scope(settings.database_url, Viewer.system("命令行", ""), writes=False) as session:
            unit_code = find(session, root).code
            if kind == "evaluation-report" and not assessment:
                assessment = assessment_of(session, unit_code, period).plan_number
        report_id = _rendered(settings, kind, unit_code, period, assessment)
        with session_scope(settings.database_url, Viewer.system("命令行", ""), writes=False) as session:
            report = session.get_one(ReportFile, report_id)
            content = archive.read_bytes(settings, report.sha256)
            code = report.verification_code
        _write(out, content)
    click.echo(f"已写入 {out}，核验码 {code}。", err=True)


def _rendered(settings: Settings, kind: str, unit_code: str, period: str, assessment: str) -> int:
    from flows.prefect_server import prefect_api  # noqa: PLC0415

    with prefect_api(settings):
        from flows.evaluate_period import evaluate_period  # noqa: PLC0415
        from flows.publish_reports import DISK_FULL, make_report, sentence_for  # noqa: PLC0415

        try:
            return int(make_report(kind, evaluate_period(period, unit_code, assessment)))
        except (OSError, DatabaseError) as error:
            if sentence_for(error) != DISK_FULL:
                raise
            raise Refused(DISK_FULL) from error


def _write(out: Path, content: bytes) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    except OSError as error:
        raise Refused(f"无法写入 {out}（{error.strerror}）。请检查文件夹权限和磁盘空间。") from error
    finally:
        part.unlink(missing_ok=True)


@reports.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Exit 0 when the file is one of ours, unaltered; 1 when it is not."""
    if file.stat().st_size > LARGEST_FILE:
        click.echo("文件过大，不是本系统生成的报告。", err=True)
        sys.exit(1)
    content = file.read_bytes()
    system = Viewer.system("命令行", "")
    with refusals(), session_scope(Settings.from_env().database_url, system, writes=False) as session:
        report = archive.genuine(session, content)
        if report is None:
            digest = hashlib.sha256(content).hexdigest()
            raise Refused(f"核验不通过：归档中没有这个文件（SHA-256 {digest}）。请以系统下载的报告为准。")
        click.echo(f"核验通过：{report.title}，核验码 {report.verification_code}。")


@click.group("deliveries")
def deliveries() -> None:
    """Work off scheduled reports."""


@deliveries.command("run")
@click.option("--at", "moment", default=None, metavar="DATETIME", help="Act as if it were this moment (China time).")
@click.option("--json", "as_json", is_flag=True)
def run(moment: str | None, as_json: bool) -> None:
    """Open the windows that are due, render, archive, put into inboxes and mail; repeat safely."""
    from flows.prefect_server import prefect_api  # noqa: PLC0415

    settings = Settings.from_env()
    with refusals(ReportError):
        at = moment_of(moment)
        with prefect_api(settings):
            from flows.jobs import send_mails  # noqa: PLC0415
            from flows.publish_reports import publish_reports  # noqa: PLC0415

            publish_reports(at)
            send_mails(at)
        with session_scope(settings.database_url, Viewer.system("命令行", ""), writes=False) as session:
            rows = [_described(row) for row in all_deliveries(session, clock.local(at).date())]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['window']}  {row['title'] or row['subscription']}  {row['state']}  {row['error'] or ''}")
    if not settings.smtp_url:
        click.echo("未配置邮件服务器，报告只送收件箱。", err=True)


def _described(row: Delivery) -> dict[str, object]:
    report = row.report_file
    return {
        "subscription": row.subscription_id,
        "window": row.window,
        "recipient": row.recipient_id,
        "state": row.state,
        "sha256": report.sha256 if report else None,
        "title": report.title if report else None,
        "late": row.late,
        "error": row.last_error,
    }


def moment_of(text: str | None) -> datetime:
    """A moment typed at a command, China time where no zone is given; now for none. Raises `Refused`."""
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("时间不正确。请写成 2026-11-02T09:00。") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.CHINA)
    if abs(moment - clock.now()) > FARTHEST:
        raise Refused("时间与现在相差两年以上。请核对 --at。")
    return moment
