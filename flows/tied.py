"""Runs a command that dies with the process that started it: `python flows/tied.py SIGNAL PARENT -- COMMAND…`.

PARENT is the number of that process, or a word that its command line holds: it may be gone before we look.

A supervisor that is killed with SIGKILL cannot stop its children; the kernel can (PR_SET_PDEATHSIG, Linux only).
The setting survives `exec`, so the command itself needs to know nothing. Standard library only: it runs for each child.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int, parent: int) -> None:
    """Ask the kernel to send this process the signal when its parent ends; exit at once if that has happened already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(1)


def parent_named(word: str) -> int:
    """The number of our parent, if it is the one meant; ends this process if not."""
    parent = os.getppid()
    try:
        told = Path(f"/proc/{parent}/cmdline").read_bytes()
    except OSError:
        sys.exit(1)
    if word.encode() not in told:
        sys.exit(1)
    return parent


def main() -> None:
    """Tie this process to its parent and become the command."""
    name, parent, _, *command = sys.argv[1:]
    die_with_parent(signal.Signals[name], int(parent) if parent.isdigit() else parent_named(parent))
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
