"""The blueprint of presence, on which each of its pages is registered."""

from flask import Blueprint

from webapp.errors import NotFound, Refused
from webapp.presence.rules import Window, window_of

pages = Blueprint("presence", __name__)


def month_asked(text: str) -> Window:
    """The month that an address names; raises `NotFound` for anything else."""
    try:
        window = window_of(text)
    except Refused:
        raise NotFound("没有这个月份。请按“2026-10”的样子填写。") from None
    if window.kind != "month":
        raise NotFound()
    return window
