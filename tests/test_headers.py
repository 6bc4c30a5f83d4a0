"""The security headers on every kind of answer."""

import base64
import hashlib
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from intervi.frontend import LANDMARK_WORKER
from intervi.headers import SecurityHeaders, inline_script_hashes

ORIGIN = "http://localhost:8000"


async def _page(request: Request) -> Response:
    return HTMLResponse("<p>page</p>")


async def _data(request: Request) -> Response:
    return JSONResponse({})


async def _own_policy(request: Request) -> Response:
    return HTMLResponse("", headers={"Content-Security-Policy": "default-src 'none'"})


async def _unchanged(request: Request) -> Response:
    return Response(status_code=304)


@pytest.fixture
def client() -> httpx.AsyncClient:
    """An application with two pages of its own and one that serves every other address."""
    routes = [
        Route("/data", _data),
        Route("/landmarks/{file}", _data),
        Route("/own", _own_policy),
        Route("/unchanged", _unchanged),
        Route("/{path:path}", _page),
    ]
    scripts = {"index": {"INDEX="}, "sign-in": {"SIGNIN="}, "404": {"FALLBACK="}}
    app = SecurityHeaders(Starlette(routes=routes), origins=[ORIGIN], scripts=scripts)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ORIGIN)


def _directive(answer: httpx.Response, name: str) -> list[str]:
    """The sources of one directive of the answer's policy."""
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return next(sources for directive, *sources in parts if directive == name)


@pytest.mark.parametrize("path", ["/", "/data", "/no/such/page"])
async def test_every_answer_carries_them(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=(self), microphone=(self)" in answer.headers["Permissions-Policy"]
    assert _directive(answer, "frame-ancestors") == ["'none'"]


async def test_no_foreign_host_and_no_code_from_strings(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    assert "http:" not in policy
    assert "https:" not in policy
    assert "'unsafe-eval'" not in policy
    assert "'unsafe-inline'" not in _directive(await client.get("/"), "script-src")


async def test_sockets_may_go_to_our_own_origins(client: httpx.AsyncClient) -> None:
    assert _directive(await client.get("/"), "connect-src") == ["'self'", "ws://localhost:8000"]


@pytest.mark.parametrize(
    ("path", "digest"),
    [("/", "INDEX="), ("/sign-in", "SIGNIN="), ("/sign-in/", "SIGNIN="), ("/history/0192", "FALLBACK=")],
)
async def test_a_page_may_run_its_own_inline_scripts_only(client: httpx.AsyncClient, path: str, digest: str) -> None:
    hashes = [source for source in _directive(await client.get(path), "script-src") if source.startswith("'sha256-")]
    assert hashes == [f"'sha256-{digest}'"]


async def test_data_may_run_nothing_inline(client: httpx.AsyncClient) -> None:
    assert _directive(await client.get("/data"), "script-src") == ["'self'"]


async def test_only_the_landmarks_worker_may_run_web_assembly(client: httpx.AsyncClient) -> None:
    worker = await client.get(LANDMARK_WORKER)
    assert _directive(worker, "script-src") == ["'self'", "'wasm-unsafe-eval'", "'unsafe-eval'"]
    assert _directive(worker, "connect-src") == ["'self'", "ws://localhost:8000"]
    assert "unsafe-eval" not in (await client.get("/landmarks/face_mesh.js")).headers["Content-Security-Policy"]


async def test_an_answer_keeps_a_policy_of_its_own(client: httpx.AsyncClient) -> None:
    assert (await client.get("/own")).headers["Content-Security-Policy"] == "default-src 'none'"


async def test_a_kept_page_keeps_the_policy_it_came_with(client: httpx.AsyncClient) -> None:
    assert "Content-Security-Policy" not in (await client.get("/unchanged")).headers


async def test_a_page_is_asked_for_again_and_a_hashed_script_never(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).headers["Cache-Control"] == "no-cache"
    assert (await client.get("/assets/root-DsaaOLVw.js")).headers[
        "Cache-Control"
    ] == "public, max-age=31536000, immutable"
    assert "Cache-Control" not in (await client.get("/data")).headers


def test_hashes_are_of_inline_scripts_exactly_as_they_stand(tmp_path: Path) -> None:
    script = "\n  if (1 < 2 && '</p>') { go(\"&amp;\") }\n"
    (tmp_path / "index.html").write_text(
        f'<script src="/a.js"></script><script>{script}</script><script type="module">x</script>'
    )
    (tmp_path / "sign-in").mkdir()
    (tmp_path / "sign-in" / "index.html").write_text("<p>none</p>")
    expected = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, "x")}
    assert inline_script_hashes(tmp_path) == {"index": expected, "sign-in/index": frozenset()}
