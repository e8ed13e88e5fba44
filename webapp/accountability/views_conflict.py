"""Two people on one record: the second sees what the first did, and what was typed, whether or not it can still be sent."""

from flask_wtf import FlaskForm

from webapp.accountability.models import Assignment, AssignmentEvent


def newer(row: Assignment, seen: int | None) -> list[AssignmentEvent]:
    """What happened to an assignment after the page from which a form was sent; the page named its last event."""
    return [] if seen is None else [event for event in row.events if event.id > seen]


def typed(form: FlaskForm | None) -> list[tuple[str, str]]:
    """Label and text of every field that was filled in, as it was typed."""
    fields = form or ()
    return [(f.label.text, str(f.raw_data[0])) for f in fields if f.raw_data and str(f.raw_data[0]).strip()]
