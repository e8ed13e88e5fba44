"""The clock of the system: `python -m flows.scheduler`. It decides when; flows decide order; services decide what.

One scheduler works at a time: it holds a lease, a second one waits and takes over at once when the first is gone.
"""

import logging
import os
import signal
import sys
import threading
import time
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from flows import jobs
from flows.lease import held
from flows.prefect_settings import without_heartbeat
from flows.watch_deadlines import watch_deadlines
from webapp.app import load_models
from webapp.clock import CHINA
from webapp.config import Settings
from webapp.production import set_clock

PREFECT_LOOKS = 60
LAST_SECONDS = 5

log = logging.getLogger("dandang.scheduler")

# Seconds between two looks. What is due comes from rows, so a look that was missed loses nothing.
LOOKS = (
    (jobs.beat, 20),
    (jobs.work_requests, 2),
    (jobs.issue_scheduled, 5),
    (jobs.publish, 30),
    (jobs.send_mails, 20),
    (jobs.send_notices, 60),
    (jobs.pass_on_leave, 60),
    (jobs.seal_audit, 30),
    (jobs.daily, 60),
    (watch_deadlines, 60),
)


def build() -> BlockingScheduler:
    """The scheduler with its jobs; a job that still runs is not started again, missed looks are one look."""
    timer = BlockingScheduler(
        timezone=CHINA,
        executors={"default": ThreadPoolExecutor(len(LOOKS))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job, seconds in LOOKS:
        # Jobs run in threads, into which Prefect's settings do not cross.
        timer.add_job(without_heartbeat()(job), "interval", seconds=seconds, id=job.__name__)
    return timer


def wait_for_prefect() -> None:
    """Give the server that starts beside us a moment, so that the first heartbeat can already name it; then go on."""
    for _ in range(PREFECT_LOOKS if os.environ.get("PREFECT_API_URL") else 0):
        if jobs.prefect_answers():
            return
        time.sleep(0.25)


def let_jobs_end() -> None:
    """Give jobs in progress a few seconds to come to their end."""
    until = time.monotonic() + LAST_SECONDS
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, until - time.monotonic()))


def main() -> None:
    """Wait for the lease, then work until told to stop."""
    # Prefect has set up logging of its own when it was imported.
    logging.basicConfig(
        force=True, level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    for chatty in ("apscheduler", "httpx", "prefect"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # A job that is skipped because its predecessor still runs is normal for looks that are seconds apart.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    load_models()
    settings = Settings.from_env()
    set_clock(settings)
    log.info("waiting for the lease")
    with held(settings, "scheduler", wait=True):
        log.info("working")
        jobs.forget_beats()
        wait_for_prefect()
        timer = build()

        def stop(_number: int, _frame: FrameType | None) -> None:
            timer.shutdown(wait=False)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        jobs.release_requests()
        jobs.beat()
        timer.start()
        let_jobs_end()
        jobs.forget_beats()
        log.info("stopped")
        # A job that takes longer is cut off, with the lease still ours: each can be killed anywhere and done again.
        os._exit(0)


if __name__ == "__main__":
    main()
