"""What a large upload costs the web process: a file of 500 MB through the coach contract, and its memory while it comes in.

    python -m benchmarks.upload [--megabytes 500]

The file is a WAV of noise, sent as a form in pieces of 1 MiB by a client process of its own, as fast as it is taken.
"""

import argparse
import asyncio
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np

from benchmarks.serving import installation, resident_bytes, served

MEGABYTE = 1_000_000
BOUNDARY = "a-boundary-of-the-benchmark"


def _header(data_bytes: int) -> bytes:
    """Of a WAV: 48 kHz, 16 bit, mono."""
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 48_000, 96_000, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + data_bytes) + b"WAVE" + fmt + b"data" + struct.pack("<I", data_bytes)


async def _form(data_bytes: int) -> AsyncIterator[bytes]:
    yield (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="answer.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    ).encode()
    yield _header(data_bytes)
    piece = np.random.default_rng(0).integers(-3000, 3000, 512 * 1024).astype("<i2").tobytes()
    for at in range(0, data_bytes, len(piece)):
        yield piece[: data_bytes - at]
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


async def _upload(port: int, pid: int, data_bytes: int) -> tuple[float, int, int]:
    """Seconds, resident bytes before, and the most of them while it came in."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
        account = {"email": "upload@example.com", "password": "seven quiet owls 42"}
        answer = await client.post("/api/auth/register", json=account)
        headers = {"Authorization": f"Bearer {answer.json()['tokens']['accessToken']}"}
        client.cookies.clear()
        made = await client.post("/interview/sessions", json={"job_title": "x"}, headers=headers)
        before = resident_bytes(pid)
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        began = time.perf_counter()
        path = f"/interview/sessions/{made.json()['id']}/media?media_type=audio"
        answer = await client.post(path, content=_form(data_bytes), headers=headers)
        assert answer.status_code == 201, answer.text
        return time.perf_counter() - began, before, _peak_bytes(pid)


def _peak_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=500)
    size = parser.parse_args().megabytes * MEGABYTE
    with installation(), served("tests.live.served:serve") as (port, pid):
        seconds, before, peak = asyncio.run(_upload(port, pid, size))
    print(f"{size / MEGABYTE:.0f} MB in {seconds:.1f} s ({size / MEGABYTE / seconds:.0f} MB/s)")
    print(
        f"web process: {before / 2**20:.0f} MiB before, {peak / 2**20:.0f} MiB at most: {(peak - before) / 2**20:.1f} MiB more"
    )


if __name__ == "__main__":
    main()
