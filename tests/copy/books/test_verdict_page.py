"""The verdict page as an auditor sees it: in Chromium, printed, on a phone, by keyboard."""

import re
from copy import deepcopy

import pytest
from browser import DESK, LOWEST_CONTRAST, PHONE, check_fit_and_colours, opened_page
from copy_pair import Pair
from playwright.sync_api import expect

from xero_sandbox.server import server

SCRIPT = "<script>document.title = 'broken in'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def verdict(tmp_path_factory, finished_copy):
    """The page of a copy in which an invoice was approved and a contact was added since."""
    company, copy, _, _ = finished_copy
    folder = tmp_path_factory.mktemp("verdict")
    with server(companies=[deepcopy(company), deepcopy(copy)]) as xero:
        pair = Pair(xero, folder)
        [own] = [each for each in pair.records("Invoices") if each["InvoiceNumber"] == "INV-3"]
        pair.post("Invoices", {"InvoiceID": own["InvoiceID"], "Status": "AUTHORISED"}, pair.target)
        pair.put("Contacts", {"Name": SCRIPT}, pair.target)
        path = folder / "verdict.html"
        assert pair.verify("--html", str(path), "--by", "Ana Auditor").returncode == 1
    return path


@pytest.fixture
def page(chromium, verdict):
    with opened_page(chromium, verdict.as_uri()) as page:
        yield page


def test_the_page_says_what_differs_and_loads_nothing(page):
    expect(page.get_by_role("heading", level=1)).to_contain_text("THE BOOKS DIFFER: Of ")
    expect(page.get_by_text("by Ana Auditor")).to_be_visible()
    differing = page.locator("ol > li")
    expect(differing.filter(has_text="Invoices ACCREC INV-3 5.75: differs")).to_have_count(1)
    expect(differing.filter(has_text=SCRIPT)).to_have_count(1)
    assert len(page.requested) == 1
    assert page.complaints == []
    assert page.title().startswith("Different: ")
    assert page.locator("img, script, link, iframe").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_fits_and_can_be_read(page, tmp_path, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    check_fit_and_colours(page, size, scheme, "the page")


def test_the_page_works_by_keyboard(page):
    # The first stop is the table of the organisations, then the contents.
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="The two organisations")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Records", exact=True)).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#differing")
    expect(page.locator("#differing")).to_be_in_viewport()
    # A table that is wider than its place can be reached, and scrolled by the arrow keys.
    assert page.locator(".scroll:not([tabindex='0'])").count() == 0
    page.set_viewport_size(PHONE)
    wide = page.get_by_role("region", name="Records", exact=True)
    wide.focus()
    page.keyboard.press("ArrowRight")
    # Not ``wait_for_function``, which the page's own policy forbids if it has to wait.
    for _ in range(100):
        if page.evaluate("document.activeElement.scrollLeft") > 0:
            break
        page.wait_for_timeout(50)
    assert page.evaluate("document.activeElement.scrollLeft") > 0
    # The figures lead to the records that may cause them.
    page.locator("td a").first.focus()
    page.keyboard.press("Enter")
    assert re.search(r"#record-\d+$", page.url)


def test_the_page_prints_all_of_it_on_white(page):
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5
    expect(page.locator("nav")).to_be_hidden()
    for table in page.locator("table").all():
        expect(table).to_be_visible()
    assert page.locator(".scroll").first.evaluate("n => getComputedStyle(n).overflowX") == "visible"
    # The width of an A4 page on its side, less the margins, at 96 dots an inch.
    page.set_viewport_size({"width": 1031, "height": 703})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1031
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
