"""催办、督办: reminders, escalation and the ladder of consequences: pages."""

from flask import Blueprint

pages = Blueprint("supervision", __name__)
