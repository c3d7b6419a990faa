"""Chromium for the tests of pages: without a network, and with the sizes of a desk and a phone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
# What a page may take to show what is expected of it, on a busy machine.
SECONDS = 30

# WCAG's contrast of every text with what is behind it, the lowest of the page.
LOWEST_CONTRAST = """() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parts(color).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let node = element; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      if (parts(color).length === 3) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = "h1, h2, h3, p, li, dt, dd, th, td, label, a, button, code, small";
  let lowest = 21;
  for (const node of document.querySelectorAll(texts)) {
    const [dark, light] = [luminance(getComputedStyle(node).color), luminance(behind(node))]
      .sort((a, b) => a - b);
    lowest = Math.min(lowest, (light + 0.05) / (dark + 0.05));
  }
  return lowest;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; the tests are skipped if it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415  # few tests need it

    expect.set_options(timeout=SECONDS * 1000)
    flags = [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@contextmanager
def opened_page(browser: Browser, address: str) -> Iterator[Page]:
    """A page on a desk; it keeps what it has requested, and what its console says."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.requested, page.complaints = [], []
    page.on("request", lambda request: page.requested.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(address)
    yield page
    context.close()


def check_fit_and_colours(page: Page, size: dict[str, int], scheme: str, name: str) -> None:
    """Checks that a page is not wider than its window, and can be read in its colour scheme."""
    # Tables scroll in their place; the page does not.
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"], f"{name} is wider than {size['width']}"
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", paper)[:3])) / 3
    assert (brightness < 64) == (scheme == "dark")
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5
