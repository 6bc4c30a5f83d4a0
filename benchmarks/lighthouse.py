"""Lighthouse on the landing page, the overview and a report, as they are served.

    npm install --prefix /tmp/light lighthouse
    python -m benchmarks.lighthouse /tmp/light              # three runs of each page, desktop preset

The product is built, and served with PostgreSQL and Redis of its own, to somebody signed in with a year of practice and one interview
with recordings. Performance is the median of the runs, the other categories their worst; whatever a category lost points for is named.
"""

import argparse
import asyncio
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.serving import free_port, installation, served_product

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {"first-contentful-paint": "FCP ms", "largest-contentful-paint": "LCP ms", "total-blocking-time": "TBT ms"}


async def somebody() -> tuple[str, str]:
    """A person's login, and the address of their report."""
    from intervi.accounts import service as accounts
    from intervi.accounts.principal import Principal
    from intervi.database import transaction
    from tests.e2e import seed

    async with transaction() as session:
        signed_in = await accounts.register(session, email="a@example.com", password="seven quiet owls 42")
    principal = Principal(signed_in.user_id)
    await seed.year_of_practice(principal)
    made = await seed.full_interview(principal)
    return signed_in.session_cookie, f"/history/{made.id}"


@contextlib.contextmanager
def browser(origin: str, cookie: str) -> Iterator[int]:
    """A Chromium with somebody's login (empty: nobody's), and the port that Lighthouse drives it by.

    Not by a header of Lighthouse's own, which does not reach the pages' socket: they would ask who it is.
    """
    from intervi.accounts.service import SESSION_COOKIE

    port = free_port()
    with (
        tempfile.TemporaryDirectory() as profile,
        sync_playwright() as playwright,
        playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=[f"--remote-debugging-port={port}", "--no-sandbox", "--disable-gpu", "--disable-component-update"],
        ) as context,
    ):
        if cookie:
            context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": origin, "httpOnly": True}])
        yield port


def audit(tool: Path, origin: str, path: str, cookie: str) -> dict:
    """Lighthouse's own report of one run.

    Raises:
        RuntimeError: the page led elsewhere.
    """
    address = origin + path
    with browser(origin, cookie) as port, tempfile.NamedTemporaryFile(suffix=".json") as kept:
        command = [
            *(Path(sys.executable).parent / "node", tool / "node_modules" / "lighthouse" / "cli" / "index.js", address),
            *("--preset=desktop", "--quiet", f"--port={port}", "--output=json", f"--output-path={kept.name}"),
        ]
        subprocess.run(command, check=True)
        report = json.loads(Path(kept.name).read_text())
    if report["finalDisplayedUrl"].rstrip("/") != address.rstrip("/"):
        raise RuntimeError(f"{address} led to {report['finalDisplayedUrl']}")
    return report


def lost(report: dict) -> Iterator[str]:
    """What took points, category by category."""
    for name in CATEGORIES:
        category = report["categories"][name]
        for part in category["auditRefs"]:
            found = report["audits"][part["id"]]
            if part["weight"] and found["score"] is not None and found["score"] < 1:
                yield f"{name}: {found['title']} ({found.get('displayValue') or found['score']})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", type=Path, help="where npm installed Lighthouse")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder for the reports")
    options = parser.parse_args()
    with installation():
        cookie, report = asyncio.run(somebody())
        with served_product() as (port, _pid):
            print(f"| page | {' | '.join([*CATEGORIES, *TIMES.values(), 'CLS', 'KiB'])} |")
            for path, sent in (("/", ""), ("/dashboard", cookie), (report, cookie)):
                name = "/history/{id}" if path == report else path
                runs = [audit(options.tool, f"http://localhost:{port}", path, sent) for _ in range(options.runs)]
                print(f"| {name} | {' | '.join(row(runs))} |", flush=True)
                for line in sorted({each for run in runs for each in lost(run)}):
                    print(f"    {line}", flush=True)
                for number, run in enumerate(runs if options.keep else []):
                    options.keep.mkdir(parents=True, exist_ok=True)
                    kept = options.keep / f"{name.strip('/').partition('/')[0] or 'landing'}-{number}.json"
                    kept.write_text(json.dumps(run, indent=1))


def row(runs: list[dict]) -> list[str]:
    """One line of the table."""

    def scores(name: str) -> list[int]:
        return [round(100 * (run["categories"][name]["score"] or 0)) for run in runs]

    def values(name: str) -> list[float]:
        return [run["audits"][name]["numericValue"] for run in runs]

    return [
        str(statistics.median_low(scores("performance"))),
        *(str(min(scores(name))) for name in CATEGORIES[1:]),
        *(f"{statistics.median(values(name)):.0f}" for name in TIMES),
        f"{statistics.median(values('cumulative-layout-shift')):.3f}",
        f"{statistics.median(values('total-byte-weight')) / 1024:.0f}",
    ]


if __name__ == "__main__":
    main()
