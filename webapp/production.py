"""What a production configuration refuses to start with (DANDANG_ENV=production)."""

from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from webapp.access import Viewer
from webapp.auth.models import Account
from webapp.config import Settings
from webapp.errors import Refused
from webapp.extensions import db


def refuse_unfit(app: Flask, settings: Settings) -> None:
    """Raise `Refused` for debugging, an address without HTTPS, or demo accounts, whose passwords are public."""
    if not settings.production:
        return
    if app.debug:
        raise Refused("正式环境不能开启调试模式。请去掉 FLASK_DEBUG 后再启动。")
    if not settings.base_url.startswith("https://"):
        raise Refused("正式环境必须使用 HTTPS。请把 DANDANG_BASE_URL 改为 https:// 开头的地址后再启动。")
    with app.app_context():
        if inspect(db.engine).has_table(Account.__tablename__) and _has_demo_accounts():
            raise Refused("正式环境中有演示账号，其口令是公开的。请另设一个没有演示数据的实例目录后再启动。")


def _has_demo_accounts() -> bool:
    with Session(db.engine, info={"viewer": Viewer.system("启动检查", "")}) as session:
        demo = select(Account.id).where(Account.is_demo, Account.closed_at.is_(None)).limit(1)
        return session.scalar(demo) is not None
