"""Runs the command ``xero`` against a sandbox, and gives the consent without a browser."""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from ports import free_port

BIN = Path(sys.executable).parent
SECONDS = 60


@dataclass
class Machine:
    """A user's machine: a home directory, and an environment that leads to the sandbox."""

    home: Path
    env: dict[str, str]

    @classmethod
    def at(cls, home: Path, xero, redirect_uri: str = "", **variables: str) -> Machine:
        """A machine whose variables hold the sandbox's addresses."""
        opened = home / "opened"
        browser = home / "browser"
        browser.write_text(f'#!/bin/sh\nprintf %s "$1" >> {shlex.quote(str(opened))}\n')
        browser.chmod(0o700)
        settings = {
            "XERO_BASE_URI": xero.base_uri,
            "XERO_AUTHORIZE_URI": xero.authorize_uri,
            "XERO_TOKEN_URI": xero.token_uri,
            "XERO_REDIRECT_URI": redirect_uri,
        }
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "BROWSER": str(browser)}
        env["XDG_DATA_HOME"] = str(home / "data")
        return cls(home, {**env, **settings, **variables})

    def run(self, *arguments: str, typed: str = "", **variables: str):
        """Runs a program of the virtual environment to its end."""
        return subprocess.run(
            [BIN / arguments[0], *arguments[1:]],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            env=self.env | variables,
            cwd=self.home,
        )

    def start(self, *arguments: str) -> subprocess.Popen:
        """Starts a program that reads what the test types while it runs."""
        return subprocess.Popen(
            [BIN / arguments[0], *arguments[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.env,
            cwd=self.home,
        )

    def config(self, **settings) -> str:
        """A plugin's configuration file."""
        path = self.home / "config.json"
        path.write_text(json.dumps(settings))
        return str(path)

    @contextmanager
    def logging_in(self, *options: str, stdin: int = subprocess.DEVNULL, **variables: str):
        """Runs ``xero login`` with its page open; it ends with the block at the latest."""
        opened = self.home / "opened"
        opened.unlink(missing_ok=True)
        process = subprocess.Popen(
            [BIN / "xero", "login", "--timeout", "120", *options],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.env | variables,
            cwd=self.home,
        )
        redirect_uri = variables.get("XERO_REDIRECT_URI", self.env["XERO_REDIRECT_URI"])
        try:
            yield RunningLogin(process, urlsplit(redirect_uri).netloc, opened)
        finally:
            process.kill()
            process.communicate()

    @property
    def opened(self) -> str:
        """The URL that the browser was opened with."""
        return (self.home / "opened").read_text()


class RunningLogin:
    """A ``xero login`` that waits for the user."""

    def __init__(self, process: subprocess.Popen, netloc: str, opened: Path) -> None:
        self.process = process
        self.origin = f"http://{netloc}"
        self._opened = opened
        deadline = time.monotonic() + SECONDS
        while not _listens(netloc):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @property
    def start_url(self) -> str:
        """The address that the command opened in the browser."""
        deadline = time.monotonic() + SECONDS
        while not (self._opened.exists() and "key=" in self._opened.read_text()):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self._opened.read_text()

    def visitor(self) -> Visitor:
        """The browser that the command opened."""
        visitor = Visitor(self.origin)
        visitor.get(self.start_url.removeprefix(self.origin))
        return visitor

    def end(self):
        """Waits until it ends; returns the exit code, the output and the errors."""
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, err


class Visitor:
    """A browser without JavaScript: it keeps cookies and submits forms."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.session = requests.Session()
        self.pages: list[str] = []

    def get(self, path: str, **options) -> requests.Response:
        return self._seen(self.session.get(self.origin + path, timeout=SECONDS, **options))

    def post(self, path: str, fields, **options) -> requests.Response:
        key = re.search(r'name="form_key" value="([^"]+)"', "".join(reversed(self.pages)))
        form = {"form_key": key[1] if key else "", **fields}
        return self._seen(
            self.session.post(self.origin + path, data=form, timeout=SECONDS, **options)
        )

    def _seen(self, response: requests.Response) -> requests.Response:
        self.pages.append(response.text)
        return response

    def enter_app(self, client_id: str, secret: str | None = "") -> None:
        self.get("/")
        self.post("/app", {"client_id": client_id, "client_secret": secret or ""})

    def choose(self, *tenant_ids: str) -> requests.Response:
        """Chooses organisations on the last form; without ids: those that the page ticked."""
        ticked = re.findall(r'name="tenant" value="([^"]+)" checked', self.pages[-1])
        return self.post("/organisations", {"tenant": tenant_ids or ticked})

    def to_consent(self) -> str:
        """The URL of the consent, to which the button leads."""
        response = self.get("/grant", allow_redirects=False)
        assert response.status_code == 303
        return response.headers["Location"]


def consent(url: str, decision: str = "allow", organisations: int | None = None) -> str:
    """Submits the sandbox's consent page; returns the callback's URL."""
    page = requests.get(url, timeout=SECONDS)
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    tenants = re.findall(r'name="tenant" value="([^"]+)"', page.text)[:organisations]
    form = [(name, html.unescape(value)) for name, value in hidden]
    form += [("tenant", tenant) for tenant in tenants] + [("decision", decision)]
    action = url.partition("?")[0]
    response = requests.post(action, data=form, timeout=SECONDS, allow_redirects=False)
    return response.headers["Location"]


def refused_consent(url: str) -> str:
    """Where Xero sends a browser whose request for consent it refuses."""
    return requests.get(url, timeout=SECONDS, allow_redirects=False).headers["Location"]


def asked(url: str) -> dict[str, str]:
    """The parameters of a URL."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def free_redirect_uri() -> str:
    """A redirect URI on a free port."""
    return f"http://localhost:{free_port()}/callback"


def _listens(netloc: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(netloc.rpartition(":")[2])), 1).close()
    except OSError:
        return False
    return True
