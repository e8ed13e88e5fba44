"""The processes of one machine, in supervisor's words."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from hosting.places import PYTHON
from webapp.config import ROOT

THREADS = 8
LOG_BYTES = "5MB"


@dataclass(frozen=True)
class Program:
    """One supervised process. `order`: lower starts first and stops last."""

    name: str
    command: tuple[str, ...]
    order: int
    dies_by: str
    """What it gets when supervisor is killed: the web server ends its requests, the others are safe to kill anywhere."""
    stop_seconds: int = 10


def programs(host: str, port: int, prefect_port: int | None) -> list[Program]:
    """Web server, scheduler and the Prefect server, unless the operator runs one elsewhere (no port)."""
    python = str(PYTHON)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    # One worker process: rates are counted in memory, and SQLite has one writer anyway.
    web = (
        *(python, "-m", "gunicorn", "wsgi:app", "--bind", bind, "--worker-class", "gthread"),
        *("--workers", "1", "--threads", str(THREADS), "--timeout", "120", "--graceful-timeout", "8"),
        # No access log; should an operator switch one on, the logger leaves out what must stay anonymous.
        *("--no-control-socket", "--log-level", "warning", "--logger-class", "hosting.web_log.WebLog"),
    )
    found = [
        Program("web", web, 20, "SIGTERM"),
        Program("scheduler", (python, "-m", "flows.scheduler"), 30, "SIGKILL"),
    ]
    if prefect_port is not None:
        prefect = (python, "-m", "flows.prefect_server", "--port", str(prefect_port))
        found.append(Program("prefect", prefect, 10, "SIGKILL", 6))
    return found


def configuration(instance: Path, listed: list[Program]) -> str:
    """supervisord.conf: no socket to control it by, logs that turn over, a dead child started again without end."""
    lines = [
        "[supervisord]",
        f"logfile={_escaped(instance / 'logs' / 'supervisor.log')}",
        f"logfile_maxbytes={LOG_BYTES}",
        "logfile_backups=2",
        "loglevel=info",
        f"pidfile={_escaped(instance / 'run' / 'supervisord.pid')}",
        f"directory={_escaped(ROOT)}",
        f"childlogdir={_escaped(instance / 'logs')}",
        *(["user=root"] if os.geteuid() == 0 else []),  # else it complains that it was not told to stay root
    ]
    for program in listed:
        tied = (str(PYTHON), "-S", str(ROOT / "flows" / "tied.py"), program.dies_by, "supervisord", "--")
        lines += [
            "",
            f"[program:{program.name}]",
            "command=" + " ".join(shlex.quote(_escaped(part)) for part in (*tied, *program.command)),
            f"priority={program.order}",
            "autorestart=true",
            "startsecs=3",
            "startretries=1000",
            f"stopwaitsecs={program.stop_seconds}",
            "stopasgroup=false",
            "killasgroup=true",
            "umask=077",
            "redirect_stderr=true",
            f"stdout_logfile={_escaped(_escaped(instance / 'logs' / program.name))}.log",  # expanded twice
            f"stdout_logfile_maxbytes={LOG_BYTES}",
            "stdout_logfile_backups=3",
        ]
    return "\n".join(lines) + "\n"


def _escaped(part: object) -> str:
    """A percent sign begins an expansion there; we use none."""
    return str(part).replace("%", "%%")
