"""Response times of the log form and of the task list, beside a bare Flask page in the same run:

    python -m benchmarks.log_form [--requests 400] [--clients 8] [--rounds 3] [--tasks 2000]

Both servers (benchmarks/serving.py) stand on one SQLite database in a temporary folder; rounds alternate between the pages,
so that noise of the machine falls on all of them. Times are milliseconds as a client sees them; ratios are the finding.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.serving import beside_floor, served
from tests import factories
from tests.migrating import upgrade
from tests.worklogs.making import assignment
from webapp import db as database
from webapp.access import Viewer
from webapp.app import create_app, load_models
from webapp.config import Settings
from webapp.extensions import db

PAGES = {
    "log form": ("first_secretary", factories.VILLAGE, "/worklogs/new"),
    "task list": ("desk", "533323", "/tasks/"),
}


def prepare(folder: Path, tasks: int) -> dict[str, str]:
    """A county with `tasks` tasks at each of two villages; returns a session cookie for each page."""
    os.environ["DANDANG_INSTANCE"] = str(folder)
    settings = Settings.from_env()
    settings.prepare()
    load_models()
    upgrade(settings.database_url)
    app = create_app(settings)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookies = {}
    database.intend_to_write(True)
    with Session(
        database.engine_for(settings.database_url), info={"viewer": Viewer.system("benchmark", "")}
    ) as session:
        factories.add_fugong(session)
        for number in range(tasks):
            place = (factories.SISTER_VILLAGE, factories.OTHER_VILLAGE)[number % 2]
            assignment(session, place, title=f"核对监测对象参保情况（第 {number} 批）")
        for number in range(3):
            assignment(session, factories.VILLAGE, title=f"排查饮水管网（第 {number} 次）")
        for name, (role, unit, _path) in PAGES.items():
            token, _person = factories.signed_in_person(session, role, unit)
            cookies[name] = serializer.dumps({"_user_id": token, "_fresh": True})
        session.commit()
    with app.app_context():
        db.engine.dispose()
    return cookies


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    cookies = prepare(folder, options.tasks)
    url = Settings.from_env().database_url
    with (
        served("wsgi:app", url, factories.COUNTY) as ours,
        served("benchmarks.serving:bare()", url, factories.COUNTY) as floor,
    ):
        return {
            name: beside_floor(
                ours, floor, path, f"dandang={cookies[name]}", options.requests, options.clients, options.rounds
            )
            for name, (_role, _unit, path) in PAGES.items()
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.log_form")
    parser.add_argument("--requests", type=int, default=400, help="requests a round and page")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=2000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, figures in measure(Path(folder), options).items():
            print(json.dumps({"page": name, "clients": options.clients, **figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
