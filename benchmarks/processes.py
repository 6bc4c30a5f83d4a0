"""What this process and all below it take: seconds of the processor, and memory at the peak (proc(5), so Linux only)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


def below(process_id: int) -> Iterator[int]:
    """The processes that this one started, those that they started, and so on."""
    for task in Path(f"/proc/{process_id}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                yield child
                yield from below(child)


def processor_seconds() -> float:
    """Of this process, of those that ended below it, and of those that live below it: a server's time counts, whoever asked it."""
    return sum(os.times()[:4]) + sum(map(_seconds_of, below(os.getpid())))


def peak_mebibytes(process_id: int) -> float:
    """Of one program: what the kernel sums up for ended children would count what a child was forked from."""
    with suppress(OSError):
        for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _seconds_of(process_id: int) -> float:
    with suppress(OSError):
        # After the name, which may hold spaces: state is field 3, utime, stime, cutime and cstime are 14 to 17.
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) * TICK_SECONDS
    return 0.0
