"""How the set-up speaks: short Chinese lines on stderr, a question only where somebody can answer it."""

import os
import sys


class Stop(Exception):
    """The set-up cannot go on; the message says what to do. Exit code 1."""


def say(words: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def attended() -> bool:
    """Whether somebody sits there who can answer."""
    return sys.stdin.isatty() and os.environ.get("CI") != "true"


def agreed(question: str) -> bool:
    """Ask; anything but yes is no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是", "好")
