"""``python -m tests.e2e.pictures http://localhost:8000``: takes the pictures that the front page and the README show, and draws the icons.

The product must be running there. They show the sample report, which is the same everywhere and nobody's. Those of the front page, once
in light and once in dark, are of what leads the report; the README's is of its first screen.
"""

import asyncio
import io
import sys

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from intervi.settings import REPOSITORY_ROOT
from tests.e2e.conftest import _chromium

ASSETS = REPOSITORY_ROOT / "assets"
README = REPOSITORY_ROOT / "docs" / "images" / "report.png"
ICON_SIZES = (180, 192, 512)
"""Apple's, and the two of the manifest."""
SIZE = (620, 706)
"""Of a picture of the front page, in CSS pixels; it is taken at twice as many."""


async def take(browser: Browser, address: str) -> None:
    """Takes all of them."""
    for mode in ("light", "dark"):
        page = await _sample(browser, address, mode, {"width": SIZE[0] + 40, "height": 1200})
        place = await page.locator(".report-first").bounding_box()
        assert place
        clip = {
            "x": place["x"] + place["width"] / 2 - SIZE[0] / 2,
            "y": place["y"] - 20,
            "width": SIZE[0],
            "height": SIZE[1],
        }
        taken = await page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]
        Image.open(io.BytesIO(taken)).save(ASSETS / f"report-{mode}.webp", quality=82, method=6)
    page = await _sample(browser, address, "light", {"width": 1280, "height": 900})
    Image.open(io.BytesIO(await page.screenshot())).convert("P", palette=Image.Palette.ADAPTIVE).save(
        README, optimize=True
    )


async def draw_icons(browser: Browser) -> None:
    """``icon.svg`` in pixels, for what takes no drawing: without its round corners, for phones cut their own (W3C, maskable icons)."""
    drawing = (ASSETS / "icon.svg").read_text().replace(' rx="8"', "")
    for size in ICON_SIZES:
        page = await browser.new_page(viewport={"width": size, "height": size})
        await page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block; width: 100vw }}</style>{drawing}")
        taken = Image.open(io.BytesIO(await page.screenshot())).convert("P", palette=Image.Palette.ADAPTIVE)
        taken.save(ASSETS / f"icon-{size}.png", optimize=True)
        await page.close()


async def _sample(browser: Browser, address: str, mode: str, size: ViewportSize) -> Page:
    context = await browser.new_context(viewport=size, device_scale_factor=2, reduced_motion="reduce")
    page = await context.new_page()
    await page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
    await page.goto(f"{address}/sample")
    await expect(page.locator(".score-number")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    return page


async def main(address: str) -> None:
    """Takes them with a browser of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium())
        await draw_icons(browser)
        await take(browser, address)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
