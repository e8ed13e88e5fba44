"""Entry point of the web server (`gunicorn wsgi:app`) and of every command (`flask --app wsgi …`)."""

from flows.cli import register as register_flow_commands
from webapp.app import create_app
from webapp.cli import register

app = create_app()
register(app)
register_flow_commands(app)
