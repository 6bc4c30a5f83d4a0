"""The ZIP file of an export, made while it is sent: neither it nor any recording is ever in memory whole."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Table
from sqlmodel.ext.asyncio.session import AsyncSession

from intervi.accounts.principal import Principal
from intervi.clock import now
from intervi.database import transaction
from intervi.errors import NotFound
from intervi.export.rows import rows_of, tables
from intervi.recordings import service as recordings
from intervi.recordings.models import Media
from intervi.recordings.storage import storage
from intervi.translation import _

_CHUNK_BYTES = 1 << 20


class _Sink:
    """What a ZIP file is written to: it cannot seek, so each member is followed by its length, as APPNOTE.TXT 4.3.9 allows."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def write(self, data: bytes, /) -> int:
        self._pending += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere but for :meth:`take`."""

    def close(self) -> None:
        """What was written stays until it is taken."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._pending = bytes(self._pending), bytearray()
        return taken


async def archive(principal: Principal) -> AsyncIterator[bytes]:
    """The export of the principal, in pieces: ``README.txt``, ``data/<table>.json``, ``media/<interview>/<recording>…``.

    The rows are of one moment. They wait on disk until they are sent, so that a slow reader holds no connection to the database.
    """
    sink = _Sink()
    with TemporaryDirectory(prefix="intervi-export-") as directory, zipfile.ZipFile(sink, "w") as file:
        media = await _write_rows(principal, Path(directory))
        file.writestr("README.txt", _explanation(), zipfile.ZIP_DEFLATED)
        for table in tables():
            name = f"{table.name}.json"
            async for piece in _member(file, sink, f"data/{name}", Path(directory) / name, zipfile.ZIP_DEFLATED):
                yield piece
        missing = []
        for one in media:
            try:
                with storage().as_file(one.storage_key) as path:
                    # Recordings are compressed as they are.
                    async for piece in _member(file, sink, _name(one), path, zipfile.ZIP_STORED):
                        yield piece
            except (NotFound, FileNotFoundError):
                missing.append(_name(one))
        if missing:
            file.writestr("MISSING.txt", "\n".join([_("These recordings were deleted meanwhile:"), *missing]))
        file.close()
        yield sink.take()


async def _write_rows(principal: Principal, directory: Path) -> list[Media]:
    """Writes every table's rows as a JSON list, and returns the recordings there are."""
    async with transaction() as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for table in tables():
            await _write_table(session, principal, table, directory / f"{table.name}.json")
        return await recordings.kept(session, principal)


async def _write_table(session: AsyncSession, principal: Principal, table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        separator = "\n"
        async for row in rows_of(session, principal, table):
            await asyncio.to_thread(file.write, separator + row)
            separator = ",\n"
        file.write("\n]\n")


async def _member(file: zipfile.ZipFile, sink: _Sink, name: str, path: Path, compression: int) -> AsyncIterator[bytes]:
    info = zipfile.ZipInfo(name, date_time=now().timetuple()[:6])
    info.compress_type = compression
    info.external_attr = 0o600 << 16
    with ExitStack() as stack:
        source = await asyncio.to_thread(lambda: stack.enter_context(path.open("rb")))
        member = stack.enter_context(file.open(info, "w", force_zip64=True))
        while chunk := await asyncio.to_thread(source.read, _CHUNK_BYTES):
            await asyncio.to_thread(member.write, chunk)
            yield sink.take()
    yield sink.take()


def _name(media: Media) -> str:
    kind = media.content_type.partition("/")[2].partition(";")[0] or "bin"
    suffix = _SUFFIXES.get(kind, kind)
    return f"media/{media.interview_id}/{media.exchange_id}-{media.offset_seconds:07.1f}s-{media.id}.{suffix}"


_SUFFIXES = {"mpeg": "mp3", "x-matroska": "mkv", "quicktime": "mov", "x-wav": "wav", "wave": "wav"}


def _explanation() -> str:
    return (
        _(
            "Everything that Intervi keeps of you.\n\n"
            "data/: each table of the database as a list of your rows. Times are in UTC; ids connect the rows.\n"
            "media/: your recordings as they were made, by interview; their names begin with the question they answer "
            "(exchanges.json), then where in the answer they begin.\n"
            "Passwords and keys are kept only as fingerprints, and are not in here."
        )
        + "\n"
    )
