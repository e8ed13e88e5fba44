"""What an instance refuses to start with: a lost key, and in production (DANDANG_ENV=production) what is unsafe."""

from flask import Flask
from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp import clock
from webapp.access import Viewer
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.db import engine_for, sqlite_file
from webapp.errors import Refused
from webapp.org.models import Person


def refuse_lost_key(settings: Settings) -> None:
    """Raise `Refused` where rows stand without their master key: a new key would open nothing that is stored."""
    if settings.key_file.exists():
        return
    if (path := sqlite_file(settings.database_url)) is not None and not path.exists():
        return
    try:
        stands = inspect(engine_for(settings.database_url)).has_table("alembic_version")
    except SQLAlchemyError as error:
        raise Refused("数据库无法连接，不能确认主密钥是否丢失。请先恢复数据库连接再启动。") from error
    if stands:
        raise Refused(f"主密钥 {settings.key_file} 不见了。请从密钥备份中恢复该文件（权限 0600）后再启动。")


def refuse_unfit(app: Flask, settings: Settings) -> None:
    """Raise `Refused` for debugging, an address without HTTPS, or demo accounts, whose passwords are public."""
    if not settings.production:
        return
    if app.debug:
        raise Refused("正式环境不能开启调试模式。请去掉 FLASK_DEBUG 后再启动。")
    if not settings.base_url.startswith("https://"):
        raise Refused("正式环境必须使用 HTTPS。请把 DANDANG_BASE_URL 改为 https:// 开头的地址后再启动。")
    engine = engine_for(settings.database_url)
    try:
        has_demo = inspect(engine).has_table(Account.__tablename__) and _has_demo_accounts(engine)
    except SQLAlchemyError:
        app.logger.exception("the database does not answer; pages will say so until it does")
        return
    if has_demo:
        raise Refused("正式环境中有演示账号，其口令是公开的。请另设一个没有演示数据的实例目录后再启动。")


def set_clock(settings: Settings) -> None:
    """Stop the clock at DANDANG_NOW; raise `Refused` in production and wherever somebody real is enrolled.

    An instance in which nobody is enrolled yet may be given its demo at that moment. What a false clock would stamp on
    real work (deadlines, the audit log) could never be told from the truth.
    """
    clock.stand_still(None)
    if settings.now is None:
        return
    if settings.production:
        raise Refused("正式环境不能用 DANDANG_NOW 设定时间。请去掉后再启动。")
    engine = engine_for(settings.database_url)
    path = sqlite_file(settings.database_url)
    try:
        stands = (path is None or path.exists()) and inspect(engine).has_table(Person.__tablename__)
        real = stands and _has_real_people(engine)
    except SQLAlchemyError as error:
        raise Refused("数据库无法连接，不能确认是演示实例，DANDANG_NOW 没有启用。请先恢复数据库连接再启动。") from error
    if real:
        raise Refused("只有演示实例可以用 DANDANG_NOW 设定时间，这个实例中有正式人员。请去掉后再启动。")
    clock.stand_still(settings.now)


def _has_real_people(engine: Engine) -> bool:
    with Session(engine, info={"viewer": Viewer.system("启动检查", "")}) as session:
        return session.scalar(select(Person.id).where(Person.is_demo.is_(False)).limit(1)) is not None


def _has_demo_accounts(engine: Engine) -> bool:
    with Session(engine, info={"viewer": Viewer.system("启动检查", "")}) as session:
        demo = select(Account.id).where(Account.is_demo, Account.closed_at.is_(None)).limit(1)
        return session.scalar(demo) is not None
