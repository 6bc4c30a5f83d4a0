"""Runs a command that ends when its parent ends, under an unprivileged user if asked. A script: only the standard library.

    child.py [--signal SIGINT] [--lock file] [--user nobody] -- command argument…

The kernel sends the signal when the parent is gone, however it went (``PR_SET_PDEATHSIG``). It forgets this when the process changes
its user, so the user is changed first. Linux only; elsewhere the command runs without that protection.

The lock is held as long as the command or a process it forked lives; one that comes while it is held waits. So no program runs twice,
even when the one before is still on its way out.

A root whose files lie in a directory that only root may enter (``/root``, say) keeps one capability for the command: to pass through
such directories. The kernel's rules for that: capabilities(7), "Transformation of capabilities during execve()".
"""

import argparse
import ctypes
import fcntl
import os
import pwd
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522


def die_with_parent(number: int) -> None:
    """Asks the kernel to send this process the signal once its parent is gone."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        # It went before the kernel knew of our wish.
        os.kill(os.getpid(), number)


def become(name: str, *, through: Sequence[str] = ()) -> None:
    """Gives up root for this user, for good.

    Args:
        name: The user.
        through: Paths the command needs; if the user may not reach them all, the capability to do so is kept.
    """
    user = pwd.getpwnam(name)
    capability = None if all(_anybody_may_reach(Path(path)) for path in through) else _capability_to_search()
    libc = ctypes.CDLL(None, use_errno=True)
    # Without this, access(2) would judge by the user alone, and PostgreSQL asks it. Capabilities then survive setuid, all of them.
    keeps = capability is not None and libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) == 0
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ |= {"HOME": user.pw_dir, "USER": name, "LOGNAME": name}
    if keeps and capability is not None:
        _keep_only(libc, capability)


def hold(lock: Path) -> None:
    """Waits for the lock and keeps it over exec, until the last process that inherited it is gone."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.set_inheritable(descriptor, True)


def _anybody_may_reach(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.absolute().parents)


def _capability_to_search() -> int | None:
    """The least capability we hold that lets a process pass through any directory."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    permitted = next(int(line.split()[1], 16) for line in status.read_text().splitlines() if line.startswith("CapPrm:"))
    return next((bit for bit in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted >> bit & 1), None)


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    # struct __user_cap_header_struct {version, pid}; then effective, permitted, inheritable for bits 0-31 and 32-63.
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    data = struct.pack("=6I", *[1 << capability] * 3, 0, 0, 0)
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def main() -> None:
    """Becomes the command."""
    parser = argparse.ArgumentParser(prog="child.py")
    parser.add_argument("--signal", default="SIGTERM")
    parser.add_argument("--lock", type=Path)
    parser.add_argument("--user")
    parser.add_argument("--through", action="append", default=[])
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    command, farewell = arguments.command, signal.Signals[arguments.signal]
    die_with_parent(farewell)
    if arguments.lock:
        hold(arguments.lock)
    if arguments.user:
        become(arguments.user, through=[command[0], *arguments.through])
        die_with_parent(farewell)
    # A shell that starts us in the background has SIGINT ignored, which lasts over exec; and the parent stops us by it, perhaps.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - a shell is just what must not stand between


if __name__ == "__main__":
    main()
