"""Rows of numbers kept in a file and read back in parts: an hour has 360,000 frames, and nothing needs them all at once."""

import os
import tempfile
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from intervi.analysis.workspace import work_directory
from intervi.recordings.storage import StorageFull, is_full

Rows = NDArray[np.float32]

_PART_ROWS = 20_000


class Spilled:
    """Rows of equal width, written one block after another. The file has no name, so it goes with the process, however that ends."""

    def __init__(self, width: int) -> None:
        self.width = width
        with work_directory() as directory:
            self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed by our own __exit__
        self._row_bytes = width * np.dtype(np.float32).itemsize
        self._rows = 0

    def __enter__(self) -> "Spilled":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._rows

    def append(self, rows: Rows) -> None:
        """Adds rows at the end.

        Raises:
            StorageFull: if there is no room.
        """
        try:
            self._file.write(np.ascontiguousarray(rows, np.float32).data)
            self._file.flush()
        except OSError as error:
            if is_full(error):
                raise StorageFull from error
            raise
        self._rows += len(rows)

    def part(self, start: int, stop: int) -> Rows:
        """The rows from ``start`` up to ``stop``, of shape (rows, width)."""
        data = os.pread(self._file.fileno(), (stop - start) * self._row_bytes, start * self._row_bytes)
        return np.frombuffer(data, np.float32).reshape(-1, self.width)

    def parts(self) -> Iterator[Rows]:
        """All rows, some thousands at a time."""
        for start in range(0, self._rows, _PART_ROWS):
            yield self.part(start, min(start + _PART_ROWS, self._rows))

    def columns(self) -> Iterator[Rows]:
        """One number of all rows after another, of shape (rows,)."""
        for index in range(self.width):
            found = np.empty(self._rows, np.float32)
            for first, part in zip(range(0, self._rows, _PART_ROWS), self.parts(), strict=True):
                found[first : first + len(part)] = part[:, index]
            yield found

    def chosen(self, which: NDArray[np.int64]) -> Rows:
        """These rows, whose numbers ascend."""
        found = np.empty((len(which), self.width), np.float32)
        filled = first = 0
        for part in self.parts():
            here = which[filled : np.searchsorted(which, first + len(part))] - first
            found[filled : filled + len(here)] = part[here]
            filled, first = filled + len(here), first + len(part)
        return found
