"""The page of a plan as an accountant sees it: in Chromium, printed, on a phone, by keyboard."""

import re

import pytest
from browser import DESK, PHONE, check_fit_and_colours, opened_page
from plan_runner import plan_of
from playwright.sync_api import expect
from target_runner import publish, records

SCRIPT = "<script>document.title = 'broken in'</script><img src=x onerror=alert(1)>"


def invoice(number, amount, **fields):
    line = {"Description": "Shelf design and delivery to the harbour", "Quantity": 1,
            "UnitAmount": amount, "AccountCode": "200"}  # fmt: skip
    own = {"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Harbour Books"}}
    dates = {"Date": "2026-10-01", "DueDate": "2026-10-31", "Status": "AUTHORISED"}
    return {**own, **dates, "LineItems": [line], **fields}


@pytest.fixture
def planned(tmp_path, xero):
    """A plan that creates, changes, removes, refuses and skips, with text that must be escaped."""
    folder = tmp_path / "by hand"
    folder.mkdir()
    before = [invoice("S-1", 100), invoice("S-2", 20)]
    made = publish(folder, xero, records("invoices", before))
    publish(folder, xero, records("contacts", [{"Name": "Same"}]))
    xero.clock.advance(400)
    [_, second] = [result["xero_id"] for result in made.results]
    rows = [
        *records("contacts", [{"Name": SCRIPT}, {"Name": "Same"}]),
        *records("invoices", [invoice("S-1", 100, Reference=SCRIPT), invoice("S-3", "1234.56")]),
        *records("bad", [{SCRIPT: 1}]),
        *records("voided", [{"InvoiceID": second}]),
    ]
    streams = {"voided": {"entity": "Invoices", "method": "DELETE"}, "bad": {"entity": "Contacts"}}
    plan = plan_of(tmp_path, xero, rows, "--max-amount", "2000", streams=streams, overwrite="any")
    assert sorted(plan.actions) == ["create", "create", "refuse", "remove", "skip", "update"]
    return plan


@pytest.fixture
def page(chromium, planned):
    with opened_page(chromium, planned.path.with_suffix(".html").as_uri()) as page:
        yield page


def test_the_page_says_what_would_happen(page):
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "4 records would be sent to Empty Company 1, and 1 is refused."
    )
    for title in ("Created: 2", "Changed: 1", "Removed: 1", "Refused: 1", "Skipped: 1"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    changed = page.locator("section", has=page.locator("h2#update"))
    expect(changed.locator("del")).to_have_text("nothing")
    expect(changed.locator("ins")).to_have_text(SCRIPT)
    accounts = page.get_by_role("region", name="Accounts in NZD")
    expect(accounts.get_by_role("row", name=re.compile("^610 Accounts Receivable"))).to_be_visible()
    created = page.locator("article", has_text="Sales invoice S-3 of Harbour Books")
    expect(created.locator("header strong")).to_have_text("NZD 1,419.74")


def test_nothing_is_loaded_and_everything_is_escaped(page):
    assert len(page.requested) == 1
    assert page.complaints == []
    assert page.title().startswith("Plan ")
    assert page.locator("img, script, link, iframe").count() == 0
    assert page.get_by_text(SCRIPT).count() >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_fits_and_can_be_read(page, tmp_path, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    for region in page.locator(".scroll").all():
        assert region.evaluate("node => node.scrollWidth - node.clientWidth") <= 1
    check_fit_and_colours(page, size, scheme, "the page")


def test_on_a_phone_each_figure_has_its_name(page):
    page.set_viewport_size(PHONE)
    shown = page.locator("td[data-label=After]:visible").first
    label = shown.evaluate("node => getComputedStyle(node, '::before').content")
    assert label == '"After"'


def test_the_page_works_by_keyboard(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the records")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#documents")
    page.locator("nav a", has_text="Changed").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Changed: 1")).to_be_in_viewport()
    # A table that may be wider than its place can be reached, and so scrolled.
    assert page.locator(".scroll:not([tabindex='0'])").count() == 0


def test_the_page_prints_all_of_it_on_white(page, tmp_path):
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("nav")).to_be_hidden()
    expect(page.get_by_text("Approved by", exact=True)).to_be_visible()
    for article in page.locator("article").all():
        expect(article).to_be_visible()
    printed = page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
