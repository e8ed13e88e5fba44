"""Runs a command that dies with the process that started it: `python flows/tied.py SIGNAL PARENT -- COMMAND…`.

A supervisor that is killed with SIGKILL cannot stop its children; the kernel can (PR_SET_PDEATHSIG, Linux only).
The setting survives `exec`, so the command itself needs to know nothing. Standard library only: it runs for each child.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int, parent: int) -> None:
    """Ask the kernel to send this process the signal when its parent ends; exit at once if that has happened already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(1)


def command_line(number: signal.Signals, parent: int | str, command: list[str]) -> list[str]:
    """The command, tied to the process with the number `parent`."""
    return [sys.executable, "-S", __file__, number.name, str(parent), "--", *command]


def main() -> None:
    """Tie this process to its parent and become the command. PARENT may be `up`: whoever started us."""
    name, parent, _, *command = sys.argv[1:]
    die_with_parent(signal.Signals[name], os.getppid() if parent == "up" else int(parent))
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
