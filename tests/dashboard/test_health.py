"""The health answer: each part ok or not, without secrets."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from webapp import clock
from webapp.delivery.models import Heartbeat


def test_all_ok_while_both_hearts_beat(session: Session, client: FlaskClient) -> None:
    session.add_all([Heartbeat(name=name, at=clock.now()) for name in ("scheduler", "prefect")])
    session.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "scheduler": "ok", "prefect": "ok"}


def test_an_old_heartbeat_is_not_ok(session: Session, client: FlaskClient) -> None:
    session.add(Heartbeat(name="scheduler", at=clock.now() - timedelta(seconds=120)))
    session.add(Heartbeat(name="prefect", at=clock.now()))
    session.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json["database"] == answer.json["prefect"] == "ok" and answer.json["scheduler"] != "ok"


def test_a_broken_database_is_named(session: Session, app: Flask) -> None:
    session.execute(text("DROP TABLE heartbeat"))
    session.commit()
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 503 and answer.json["database"] != "ok"
