from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import OTHER_VILLAGE, SISTER_VILLAGE, VILLAGE
from tests.worklogs.making import ID, assignment, entry
from webapp import clock
from webapp.access import Viewer
from webapp.errors import NotFound, Refused
from webapp.worklogs import queries, service
from webapp.worklogs.models import WorkLog, WorkLogPhoto, WorkLogVersion
from webapp.worklogs.photos import StoredPhoto
from webapp.worklogs.rules import WrongEntry

AT = factories.at("2026-11-04 18:00")
PHOTO = StoredPhoto("a" * 64, 10, 10, 100)


@pytest.fixture
def author(county: Session) -> Viewer:
    viewer = factories.viewer(county, "first_secretary", VILLAGE)
    county.commit()
    county.info["viewer"] = viewer.through("worklog.write")
    return viewer


def write(session: Session, author: Viewer, log_id: str = ID, **changes: object) -> WorkLog:
    photos = changes.pop("photos", ())
    return service.write(
        session,
        log_id=log_id,
        author_id=author.person_id,
        entry=entry(**changes),
        photos=photos,
        at=AT,  # type: ignore[arg-type]
    ).log


def edit(session: Session, author: Viewer, base: int, **changes: object) -> WorkLog:
    return service.edit(
        session,
        log_id=ID,
        base_version=base,
        editor_id=author.person_id,
        entry=entry(**changes),
        at=AT,  # type: ignore[arg-type]
    ).log


def rows(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_log_is_written_with_its_first_version(county: Session, author: Viewer) -> None:
    log = write(county, author)
    assert (log.day, log.version, [v.text for v in queries.one(county, ID).versions]) == (
        date(2026, 11, 4),
        1,
        ["走访三户"],
    )


def test_same_form_sent_again_changes_nothing(county: Session, author: Viewer) -> None:
    write(county, author, photos=[PHOTO])
    write(county, author, photos=[PHOTO])
    assert (rows(county, WorkLog), rows(county, WorkLogVersion), rows(county, WorkLogPhoto)) == (1, 1, 1)


def test_late_repeat_of_the_first_send_does_not_undo_an_edit(county: Session, author: Viewer) -> None:
    write(county, author)
    edit(county, author, 1, text="走访五户")
    write(county, author)
    assert [v.text for v in queries.one(county, ID).versions] == ["走访三户", "走访五户"]


def test_other_body_under_the_same_id_is_a_conflict_that_shows_what_is_held(county: Session, author: Viewer) -> None:
    write(county, author)
    with pytest.raises(service.LogConflict) as conflict:
        write(county, author, text="另一段话")
    assert conflict.value.status == 409
    assert conflict.value.log is not None
    assert conflict.value.log.versions[-1].text == "走访三户"


@pytest.mark.parametrize("place", [VILLAGE, OTHER_VILLAGE])
def test_id_of_another_author_says_nothing_of_the_log(county: Session, author: Viewer, place: str) -> None:
    county.info["viewer"] = Viewer.system("test", "")
    stranger = factories.viewer(county, "first_secretary", place)
    write(county, stranger, unit_code=place)
    county.commit()
    county.info["viewer"] = author
    with pytest.raises(service.LogConflict) as conflict:
        write(county, author)
    assert conflict.value.log is None


def test_edit_makes_a_version_even_when_only_the_text_changes(county: Session, author: Viewer) -> None:
    write(county, author)
    assert edit(county, author, 1, text="走访五户").version == 2
    assert edit(county, author, 2, text="走访六户").version == 3
    assert [(v.number, v.text) for v in queries.one(county, ID).versions] == [
        (1, "走访三户"),
        (2, "走访五户"),
        (3, "走访六户"),
    ]


def test_second_editor_sees_both(county: Session, author: Viewer) -> None:
    write(county, author)
    edit(county, author, 1, text="走访五户")
    with pytest.raises(service.LogConflict) as conflict:
        edit(county, author, 1, text="走访七户")
    assert conflict.value.log is not None
    assert conflict.value.log.version == 2


def test_edit_sent_twice_makes_one_version(county: Session, author: Viewer) -> None:
    write(county, author)
    edit(county, author, 1, text="走访五户")
    assert edit(county, author, 1, text="走访五户").version == 2


def test_team_mate_reads_but_does_not_edit(county: Session, author: Viewer) -> None:
    write(county, author)
    county.commit()
    county.info["viewer"] = Viewer.system("test", "")
    mate = factories.viewer(county, "team_member", VILLAGE)
    county.info["viewer"] = mate
    assert queries.one(county, ID).versions
    with pytest.raises(Refused, match="只能由本人修改"):
        edit(county, mate, 1, text="改")


def test_neighbour_village_finds_nothing(county: Session, author: Viewer) -> None:
    write(county, author)
    county.commit()
    county.info["viewer"] = Viewer.system("test", "")
    neighbour = factories.viewer(county, "first_secretary", SISTER_VILLAGE)
    county.info["viewer"] = neighbour
    with pytest.raises(NotFound):
        queries.one(county, ID)
    with pytest.raises(NotFound):
        edit(county, neighbour, 1, text="改")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": date(2026, 11, 5)}, "day"),
        ({"day": date(2024, 12, 31)}, "day"),
        ({"unit_code": OTHER_VILLAGE}, "unit_code"),
        ({"assignment_ids": (987654,)}, "assignment_ids"),
        ({"duty_area": "ranking"}, "duty_area"),
    ],
)
def test_entry_that_cannot_be_taken_names_its_field(
    county: Session, author: Viewer, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(WrongEntry) as refused:
        write(county, author, **changes)
    assert refused.value.field == field


def test_ended_post_takes_no_log(county: Session) -> None:
    with_past = factories.posting(county, "first_secretary", VILLAGE, ends_on=date(2026, 10, 20))
    with pytest.raises(WrongEntry, match="现在不在该村任职"):
        service.write(county, log_id=ID, author_id=with_past.person_id, entry=entry(day=date(2026, 10, 19)), at=AT)


def test_log_of_an_earlier_post_in_the_village_is_edited_after_the_return(county: Session) -> None:
    past = factories.posting(county, "first_secretary", VILLAGE, starts_on=date(2025, 1, 1), ends_on=date(2026, 6, 30))
    who = past.person_id
    then, asked = entry(day=date(2026, 6, 30)), {"log_id": ID, "base_version": 1, "editor_id": who}
    service.write(county, log_id=ID, author_id=who, entry=then, at=factories.at("2026-06-30 18:00"))
    factories.posting(county, "team_member", VILLAGE, who, starts_on=date(2026, 10, 1))
    assert service.edit(county, **asked, entry=entry(day=date(2026, 6, 30), text="走访五户"), at=AT).log.version == 2
    with pytest.raises(WrongEntry, match="您2026年7月1日不在该村任职"):
        service.edit(county, **asked | {"base_version": 2}, entry=entry(day=date(2026, 7, 1)), at=AT)


def test_log_serves_tasks_of_its_village_only(county: Session, author: Viewer) -> None:
    county.info["viewer"] = Viewer.system("test", "")
    own, foreign = assignment(county, VILLAGE), assignment(county, SISTER_VILLAGE)
    county.commit()
    county.info["viewer"] = author
    log = write(county, author, assignment_ids=(own.id,))
    assert [link.assignment_id for link in log.tasks] == [own.id]
    with pytest.raises(WrongEntry):
        edit(county, author, 1, assignment_ids=(own.id, foreign.id))


def test_seventh_photo_is_refused(county: Session, author: Viewer) -> None:
    six = [StoredPhoto(f"{n:064x}", 1, 1, 1) for n in range(6)]
    write(county, author, photos=six)
    with pytest.raises(WrongEntry, match="已有 6 张"):
        write(county, author, photos=[PHOTO])


def test_only_the_author_takes_a_photo_back(county: Session, author: Viewer) -> None:
    log = write(county, author, photos=[PHOTO])
    county.commit()
    [photo] = log.photos
    with pytest.raises(Refused, match="只能由本人删除"):
        service.take_photo_back(county, log_id=ID, photo_id=photo.id, editor_id=0)
    service.take_photo_back(county, log_id=ID, photo_id=photo.id, editor_id=author.person_id or 0)
    assert rows(county, WorkLogPhoto) == 0


def test_clock_of_the_log_is_the_day_in_china(county: Session, author: Viewer) -> None:
    log = service.write(
        county,
        log_id=ID,
        author_id=author.person_id or 0,
        entry=entry(day=date(2026, 11, 5)),
        at=factories.at("2026-11-05 00:30"),
    ).log
    assert log.day == clock.local(log.created_at).date()


def test_logs_that_serve_a_task_are_named_for_those_who_may_read_the_task(county: Session, author: Viewer) -> None:
    county.info["viewer"] = Viewer.system("test", "")
    served = assignment(county, VILLAGE).id
    desk = factories.viewer(county, "desk", factories.COUNTY)
    county.commit()
    county.info["viewer"] = author
    write(county, author, assignment_ids=(served,))
    county.commit()
    county.info["viewer"] = desk.through("task.read")
    assert [(log.id, log.duty_area) for log in queries.serving(county, served)] == [(ID, "service")]
    county.info["viewer"] = desk.through("people.read")
    assert queries.serving(county, served) == []
