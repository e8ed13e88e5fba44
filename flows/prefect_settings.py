"""The one place that configures Prefect. Everything here must stand in the environment before Prefect is imported.

Private (no figures sent anywhere, answers on the loopback only and only with the instance's word), quiet, and light:
events are written in batches, triggers are off, which halves the server's CPU. An operator's own variables win.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOPBACK = "127.0.0.1"
RETENTION_SECONDS = 30 * 24 * 3600

_BOTH = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
}
_SERVER = {
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(RETENTION_SECONDS),
    "PREFECT__SERVER_FINAL": "1",
}


def client_environment(folder: Path, port: int) -> dict[str, str]:
    """What a process needs to use the server of the Prefect folder of an instance."""
    own = {
        **_BOTH,
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": api_url(port),
        "PREFECT_API_AUTH_STRING": auth_string(folder),
    }
    return {**own, **{name: value for name, value in os.environ.items() if name in own}, **_no_proxy()}


def server_environment(folder: Path, port: int, database: Path) -> dict[str, str]:
    """What the server itself needs; it works on one SQLite file of its own unless the operator names a database."""
    own = {
        **_SERVER,
        "PREFECT_SERVER_API_AUTH_STRING": auth_string(folder),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}",
    }
    return {
        **own,
        **{name: value for name, value in os.environ.items() if name in own},
        **client_environment(folder, port),
        # The server's own services speak to it; an address from outside would send them elsewhere.
        "PREFECT_API_URL": api_url(port),
    }


def api_url(port: int) -> str:
    """Address of the API on the loopback."""
    return f"http://{LOOPBACK}:{port}/api"


def auth_string(folder: Path) -> str:
    """The word that the server of this instance asks for; made once, readable by its owner only."""
    path = folder / "auth"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        part = folder / f"auth.{os.getpid()}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(f"dandang:{secrets.token_urlsafe(32)}")
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(part, path)  # the first of two starts wins, and both use its word
        except FileExistsError:
            pass  # as said
        finally:
            part.unlink()
    return path.read_text()


def _no_proxy() -> dict[str, str]:
    """A proxy in the environment must not be asked for the loopback."""
    hosts = [host for host in (os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or "").split(",") if host]
    value = ",".join(dict.fromkeys([*hosts, LOOPBACK, "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}


@contextmanager
def without_heartbeat() -> Iterator[None]:
    """Flows in this block start no heartbeat thread, which would make each last 1.1 s at least.

    Prefect's heartbeat tells a crashed run from a long one; ours are found by their rows. The environment variable
    cannot say "none". Usable as a decorator: settings do not cross into threads, so a job in a thread takes its own.
    """
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings  # noqa: PLC0415

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield
