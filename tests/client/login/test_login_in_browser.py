"""``xero login`` as a user sees it: headless Chromium, the local page, the sandbox's consent."""

import json
import re
from pathlib import Path

import pytest
from browser import DESK, PHONE, check_fit_and_colours
from login_runner import Machine
from playwright.sync_api import Browser, Page, expect

from tap_runner import catalog_of
from xero_sandbox.companies.presets import empty_company

WEB, PKCE = "sandbox-web", "sandbox-pkce"

BAKERY = empty_company("aaaaaaaa-0000-4000-8000-000000000001", "Harbour Lane Bakery")

pytestmark = pytest.mark.sandbox(companies=[BAKERY, "empty"])


@pytest.fixture
def machine(tmp_path, xero, redirect_uri):
    xero.sandbox.tokens.register_redirect_uri(redirect_uri)
    return Machine.at(tmp_path, xero, redirect_uri)


class Screen:
    """A browser window that takes a picture of each page, and hears what its console says."""

    def __init__(self, browser: Browser, folder: Path, **options) -> None:
        self.context = browser.new_context(**({"viewport": PHONE} | options))
        self.page: Page = self.context.new_page()
        self.folder = folder
        self.complaints: list[str] = []
        self.page.on("console", self._hear)

    def _hear(self, message) -> None:
        # The status of a refusal is not an error of the page; the sandbox's pages are not tested
        # here.
        refused = re.search("status of 40[03]", message.text)
        ours = message.location["url"].startswith("http://localhost:")
        if message.type == "error" and ours and not refused:
            self.complaints.append(message.text)

    def picture(self, name: str) -> None:
        """Takes pictures as on a phone, in light and in dark, and on a desk, and checks each."""
        for device, scheme, size in (
            ("desk", "light", DESK),
            ("phone", "light", PHONE),
            ("phone", "dark", PHONE),
        ):
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size(size)
            path = self.folder / f"{name}-{device}-{scheme}.png"
            self.page.screenshot(path=path, full_page=True)
            assert path.stat().st_size > 5_000
            check_fit_and_colours(self.page, size, scheme, f"{name} on a {device}")

    def enter_app(self, client_id: str, secret: str | None) -> None:
        self.page.get_by_label("Client id").fill(client_id)
        self.page.get_by_label("Client secret").fill(secret or "")
        self.page.get_by_role("button", name="Continue").click()

    def grant(self) -> None:
        self.page.get_by_role("link", name="Grant access to Xero").click()

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.fixture
def screen(chromium, tmp_path):
    screen = Screen(chromium, tmp_path)
    yield screen
    screen.context.close()
    assert screen.complaints == []


def test_a_login_leaves_a_tap_that_needs_only_the_client_id(xero, machine, screen, tmp_path):
    page = screen.page
    with machine.logging_in() as login:
        page.goto(login.start_url)
        screen.heading("Your Xero app")
        screen.picture("app")
        screen.enter_app(WEB, xero.apps[WEB].secret)
        screen.heading("Grant access to your organisation")
        screen.picture("grant")
        screen.grant()
        page.get_by_role("button", name="Allow access").click()
        screen.heading("Which organisations?")
        expect(page.get_by_label("Harbour Lane Bakery")).to_be_checked()
        screen.picture("organisation")
        page.get_by_role("button", name="Use the chosen ones").click()
        screen.heading("Connected to Xero")
        expect(page.get_by_text("Harbour Lane Bakery")).to_be_visible()
        assert page.url == f"{login.origin}/"
        screen.picture("done")
        code, out, err = login.end()
    assert (code, err) == (0, "")
    assert '{"client_id": "sandbox-web"}' in out
    only_app = machine.config(client_id=WEB)
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(["organisations"])))
    read = machine.run("tap-xero", "--config", only_app, "--catalog", str(catalog))
    assert read.returncode == 0, read.stderr
    messages = [json.loads(line) for line in read.stdout.splitlines()]
    [record] = [message["record"] for message in messages if message["type"] == "RECORD"]
    assert record["_tenant_name"] == "Harbour Lane Bakery"
    assert machine.run("xero", "status").returncode == 0


def test_it_works_without_javascript_and_in_the_dark(xero, machine, chromium, tmp_path):
    screen = Screen(chromium, tmp_path, java_script_enabled=False, color_scheme="dark")
    with machine.logging_in() as login:
        screen.page.goto(login.start_url)
        expect(screen.page.get_by_label("Redirect URI")).to_have_value(
            machine.env["XERO_REDIRECT_URI"]
        )
        expect(screen.page.get_by_role("button", name="Copy")).to_have_count(0)
        screen.enter_app(PKCE, None)
        screen.grant()
        screen.page.get_by_role("button", name="Allow access").click()
        screen.page.get_by_role("button", name="Use the chosen ones").click()
        screen.heading("Connected to Xero")
        assert login.end()[0] == 0
    assert screen.complaints == []
    screen.context.close()


def test_of_two_organisations_the_chosen_ones_are_kept(xero, machine, screen):
    page = screen.page
    with machine.logging_in() as login:
        page.goto(login.start_url)
        screen.enter_app(PKCE, None)
        screen.grant()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Allow access").click()
        screen.heading("Which organisations?")
        screen.picture("organisations")
        for box in page.get_by_role("checkbox").all():
            expect(box).not_to_be_checked()
        page.get_by_role("button", name="Use the chosen ones").click()
        expect(page.get_by_role("alert")).to_have_text("Choose at least one organisation.")
        screen.picture("none-chosen")
        page.get_by_label("Empty Company 2").check()
        page.get_by_role("button", name="Use the chosen ones").click()
        screen.heading("Connected to Xero")
        assert login.end()[0] == 0
    listed = machine.run("xero", "tenants").stdout.splitlines()
    assert sorted(line[0] for line in listed) == [" ", "*"]
    assert next(line for line in listed if line[0] == "*").startswith("* Empty Company 2")


def test_a_refused_consent_is_a_page_and_exit_code_1(machine, screen):
    with machine.logging_in() as login:
        screen.page.goto(login.start_url)
        screen.enter_app(PKCE, None)
        screen.grant()
        screen.page.get_by_role("button", name="Cancel").click()
        screen.heading("Access was not granted")
        screen.picture("refused")
        code, _, err = login.end()
    assert code == 1
    assert "Access was not granted" in err.splitlines()[-1]
    assert machine.run("xero", "tenants").returncode == 1


def test_an_answer_with_another_state_is_not_used(xero, machine, screen):
    with machine.logging_in() as login:
        screen.page.goto(login.start_url)
        screen.enter_app(PKCE, None)
        screen.page.goto(f"{login.origin}/callback?code=stolen&state=of-somebody-else")
        screen.heading("The response does not belong to this login")
        screen.picture("wrong-state")
        screen.page.goto(login.origin)
        screen.heading("Grant access to your organisation")
    assert [call for call in xero.calls("connect/token") if call["status"] == 200] == []


def test_the_page_says_by_itself_that_the_time_is_over(machine, screen):
    with machine.logging_in("--timeout", "8") as login:
        screen.page.goto(login.start_url)
        screen.heading("Nobody granted access in time")
        screen.picture("too-late")
        code, _, err = login.end()
    assert code == 1
    assert "Nobody granted access in time" in err


def test_a_scope_that_the_app_cannot_have_is_named(machine, screen):
    with machine.logging_in("--scopes", "accounting.transactions accounting.contacts") as login:
        screen.page.goto(login.start_url)
        screen.enter_app(PKCE, None)
        screen.grant()
        screen.heading("Xero refuses a scope")
        expect(screen.page.get_by_role("alert")).to_contain_text("Drop accounting.transactions:")
        expect(screen.page.locator("pre")).to_have_text(
            "xero login --scopes 'offline_access accounting.contacts'"
        )
        screen.picture("refused-scope")
        assert login.end()[0] == 1


def test_the_copy_button_copies_the_redirect_uri(machine, screen):
    with machine.logging_in() as login:
        screen.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=login.origin)
        screen.page.goto(login.start_url)
        screen.page.get_by_role("button", name="Copy").click()
        expect(screen.page.get_by_role("button", name="Copied")).to_be_visible()
        copied = screen.page.evaluate("navigator.clipboard.readText()")
    assert copied == machine.env["XERO_REDIRECT_URI"]


def test_a_second_browser_has_no_part_in_the_login(machine, screen, chromium, tmp_path):
    other = Screen(chromium, tmp_path)
    with machine.logging_in() as login:
        screen.page.goto(login.start_url)
        other.page.goto(login.origin)
        other.heading("This browser does not belong to the login")
        other.picture("other-browser")
    other.context.close()
