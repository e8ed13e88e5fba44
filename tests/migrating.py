"""Run the project's migrations on any database address."""

from alembic import command
from alembic.config import Config

from webapp.config import ROOT


def config_for(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(config_for(url), revision)


def downgrade(url: str, revision: str = "base") -> None:
    command.downgrade(config_for(url), revision)
