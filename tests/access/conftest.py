"""A row of every table around a viewer's post, and viewers signed in where the reviewed tables want them."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import factories
from tests.access.lines import PLACES, VIEWERS
from tests.access.world import CONTENT, make_world, start_fillers
from webapp.accountability import attachments
from webapp.config import Settings
from webapp.delivery import archive
from webapp.org.models import Division
from webapp.worklogs import photos

FAR = (
    ("51", None, 1, "四川省"),
    ("52", None, 1, "贵州省"),
    ("5301", "53", 2, "昆明市"),
    ("5334", "53", 2, "迪庆藏族自治州"),
    ("533325", "5333", 3, "兰坪白族普米族自治县"),
)
"""Divisions around the demo's county that its file does not have."""
World = Callable[[str], dict[str, object]]
Viewing = Callable[[str], FlaskClient]


@pytest.fixture
def world(county: Session, settings: Settings) -> World:
    """`world(unit)` → a row of every table in the unit, made when it is first asked for."""
    start_fillers()
    county.add_all([Division(code=code, parent_code=above, level=level, name=name) for code, above, level, name in FAR])
    county.commit()
    known: dict[str, dict[str, object]] = {}

    def made(unit: str) -> dict[str, object]:
        if unit not in known:
            known[unit] = make_world(county, unit)
            county.commit()
            content = CONTENT + unit.encode()
            sha256 = archive.store_bytes(settings, content)
            for place in (photos.path_of(settings, sha256), attachments.path_of(settings, sha256)):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        return known[unit]

    return made


@pytest.fixture
def viewing(app: Flask, county: Session) -> Viewing:
    """`viewing(name)` → a signed-in browser of one of `VIEWERS`, whose former posting elsewhere has ended."""
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a broken page shows in the list of wrong answers as 500
    known: dict[str, FlaskClient] = {}

    def signed_in(name: str) -> FlaskClient:
        if name not in known:
            role, unit, *kind = VIEWERS[name]
            token, person_id = factories.signed_in_person(county, role, unit, kind=kind[0] if kind else None)
            former = PLACES[unit]["closed"]
            factories.posting(county, role, former, person_id, starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31))
            county.commit()
            known[name] = app.test_client()
            with known[name].session_transaction() as cookie:
                cookie["_user_id"] = token
        return known[name]

    return signed_in
