"""Entry point of the web server (`gunicorn wsgi:app`) and of every command (`flask --app wsgi …`)."""

import sys

from flows.cli import register as register_flow_commands
from webapp.app import create_app
from webapp.cli import register
from webapp.errors import Refused

try:
    app = create_app()
except Refused as refusal:
    sys.exit(refusal.sentence)
register(app)
register_flow_commands(app)
