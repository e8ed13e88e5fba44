"""The archive: PDF bytes by their hash under the instance folder, their rows, and the check of a presented file."""

import base64
import hashlib
import hmac
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp import audit, clock, files
from webapp.config import ROOT, Settings
from webapp.delivery.models import ReportFile
from webapp.errors import NotFound
from webapp.evaluation.models import Run
from webapp.keys import derive

FOLDER, ENDING = "reports", ".pdf"
SOURCES = (
    "templates/pdf/*",
    "reports/**/*.py",
    "webapp/delivery/compose.py",
    "webapp/delivery/findings.py",
    "webapp/delivery/material.py",
    "webapp/delivery/tables.py",
    "webapp/evaluation/figures.py",
)


@lru_cache(maxsize=1)
def template_version() -> str:
    """SHA-256 over all that words and draws a report: whoever changes a template, a chart or a sentence makes another
    version, which is rendered and archived beside the old one.
    """
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def verification_code(settings: Settings, kind: str, run: Run) -> str:
    """Code printed in the report, e.g. "K7QF-3MZA-XW2P-DL5H": keyed, so that nobody can make one up."""
    content = f"{kind}|{run.key}|{run.result_hash}|{template_version()}".encode()
    digest = hmac.digest(derive(settings.master_key(), "verification"), content, "sha256")
    letters = base64.b32encode(digest)[:16].decode()
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def path_of(settings: Settings, sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return files.place(settings.files / FOLDER, sha256, ENDING)


def store_bytes(settings: Settings, content: bytes) -> str:
    """Write the bytes under their hash, durable before the name appears; returns the hash. Safe to repeat."""
    return files.store(settings.files / FOLDER, content, ENDING)


def read_bytes(settings: Settings, sha256: str) -> bytes:
    """The archived bytes, checked against their hash. Raises `NotFound` when the file is gone or altered."""
    path = path_of(settings, sha256)
    if not path.exists() or hashlib.sha256(content := path.read_bytes()).hexdigest() != sha256:
        raise NotFound("报告文件缺失或已损坏。请联系系统管理员从备份恢复，或重新生成。")
    return content


def archived(session: Session, kind: str, run: Run) -> ReportFile | None:
    """The report of a run that was rendered before: it is handed out again, byte for byte, never rendered anew."""
    return session.scalar(
        select(ReportFile).where(
            ReportFile.kind == kind, ReportFile.run_id == run.id, ReportFile.template_version == template_version()
        )
    )


def register(session: Session, kind: str, run: Run, *, title: str, code: str, size: int, sha256: str) -> ReportFile:
    """The archive row of rendered bytes; the same bytes have one row."""
    if known := archived(session, kind, run):
        return known
    report = ReportFile(
        kind=kind,
        run_id=run.id,
        unit_code=run.unit_code,
        period=run.period,
        title=title,
        sha256=sha256,
        size=size,
        template_version=template_version(),
        verification_code=code,
        made_at=clock.now(),
    )
    session.add(report)
    session.flush()
    audit.record(session, "report.render", "report_file", report.id, unit_code=run.unit_code, after={"sha256": sha256})
    return report


def genuine(session: Session, content: bytes) -> ReportFile | None:
    """The archive row whose bytes these are; None when the file is not one of ours or was altered."""
    return session.scalar(select(ReportFile).where(ReportFile.sha256 == hashlib.sha256(content).hexdigest()))


def by_code(session: Session, typed: str) -> ReportFile | None:
    """The archive row of a printed code, however it was typed (case, dashes, spaces)."""
    letters = "".join(c for c in typed.upper() if c.isalnum())[:16]
    code = "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))
    return session.scalar(select(ReportFile).where(ReportFile.verification_code == code))
