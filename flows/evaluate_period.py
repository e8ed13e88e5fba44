"""Compile a period under a root: collect → score → store. Order, retries and progress; what is done is in the service.

Counties are separate tasks, grouped by prefecture. A flow that is killed anywhere is simply run again.
"""

import hashlib
import logging
from collections.abc import Callable

from prefect import flow, task

from flows.lease import held
from webapp import clock
from webapp.access import Viewer
from webapp.config import Settings
from webapp.db import session_scope
from webapp.errors import DandangError
from webapp.evaluation import requests, service
from webapp.evaluation.periods import parse
from webapp.evaluation.service import Job
from webapp.org.queries import find

log = logging.getLogger("dandang.evaluate")
NAME = "测算"
FAILED = "测算没有完成，原因已记入运行日志。请稍后重试；仍不成功的，请联系系统管理员。"


def compiler(root: str = "") -> Viewer:
    """The part of the system that compiles; `root` limits it to the unit it works on."""
    return Viewer.system(NAME, root)


@flow(name="evaluate-period")
def evaluate_period(period_text: str, root_code: str, assessment: str = "", request_id: int | None = None) -> str:
    """Compile one period; gives the key of the run, an earlier one when no fact has changed.

    Two at once: the second waits for the first, and then finds nothing changed.
    """
    with held(Settings.from_env(), lock_name(period_text, root_code, assessment), wait=True):
        job = begin(period_text, root_code, assessment)
        step = progress(request_id, job)
        for _prefecture, counties in job.groups:
            for county in counties:
                collect(job.run_id, county)
                step()
                score(job.run_id, county)
                step()
        return store(job.run_id, job.root)


@task
def begin(period_text: str, root_code: str, assessment: str) -> Job:
    """Freeze the inputs and open the run, or take up the one that was left behind."""
    with session_scope(Settings.from_env().database_url, compiler()) as session:
        return service.begin(session, period_text, root_code, assessment, clock.now())


@task(retries=2, retry_delay_seconds=2)
def collect(run_id: int, county: str) -> None:
    """Values of one county, replaced in one transaction."""
    with session_scope(Settings.from_env().database_url, compiler(county)) as session:
        service.compile_county(session, run_id, county)


@task(retries=2, retry_delay_seconds=2)
def score(run_id: int, county: str) -> None:
    """Scores of one county, only inside an assessment."""
    with session_scope(Settings.from_env().database_url, compiler(county)) as session:
        service.score_county(session, run_id, county)


@task(retries=2, retry_delay_seconds=2)
def store(run_id: int, root: str) -> str:
    """Hash the result and close the run."""
    with session_scope(Settings.from_env().database_url, compiler(root)) as session:
        return service.finish(session, run_id, clock.now())


def lock_name(period: str, root: str, assessment: str) -> str:
    """One lock a period, root and assessment, whichever form they were typed in."""
    with session_scope(Settings.from_env().database_url, compiler(), writes=False) as session:
        words = "|".join((parse(period).text, find(session, root).code, assessment))
    return "run-" + hashlib.sha256(words.encode()).hexdigest()[:24]


def progress(request_id: int | None, job: Job) -> Callable[[], None]:
    """A function that counts one more step on the request's page; without a request it does nothing."""
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if request_id is not None:
            with session_scope(Settings.from_env().database_url, compiler()) as session:
                requests.note_progress(session, request_id, done, job.steps)

    return step


def run_request(request_id: int) -> str | None:
    """Work off one request of a page; gives the run's key, None when it failed or another took it."""
    url = Settings.from_env().database_url
    with session_scope(url, compiler()) as session:
        row = requests.claim(session, request_id, clock.now())
        if row is None:
            return None
        wanted = (row.period, row.unit_code, row.assessment_key)
    run_key, sentence = None, "测算完成。"
    try:
        run_key = evaluate_period(*wanted, request_id=request_id)
    except DandangError as error:
        sentence = str(error)
    except Exception:
        # The scheduler has to live on; the person is told, and the log holds the cause.
        log.exception("run request %s failed", request_id)
        sentence = FAILED
    with session_scope(url, compiler()) as session:
        requests.settle(session, request_id, clock.now(), run_key=run_key, sentence=sentence)
    return run_key
