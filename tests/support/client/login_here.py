"""Logins in a thread of this process, which are faster than a process of their own."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch
from urllib.parse import urlsplit

from click.testing import CliRunner
from login_runner import Machine, Visitor, asked, consent

from xero_client.cli import main

SECONDS = 60


def log_in(
    machine: Machine,
    *options: str,
    client_id: str = "sandbox-pkce",
    answered: Callable[[str], str] = consent,
    **variables: str,
) -> tuple[set[str], str]:
    """Runs ``xero login`` with its page to the end, with all organisations.

    Args:
        machine: The user's machine.
        options: Options and arguments of the command.
        client_id: The app, if it is asked for. It has no secret.
        answered: Gives the callback's URL for the URL of Xero's consent page.
        variables: Environment variables.

    Returns:
        The scopes that were requested, without ``offline_access``, and the output.
    """
    opened: queue.Queue[str] = queue.Queue()
    runner = CliRunner(env={**machine.env, **variables})
    command = ["login", "--timeout", str(SECONDS), *options]
    with patch("webbrowser.open", opened.put), ThreadPoolExecutor(1) as threads:
        login = threads.submit(runner.invoke, main, command)
        start = urlsplit(opened.get(timeout=SECONDS))
        visitor = Visitor(f"http://{start.netloc}")
        page = visitor.get(f"{start.path}?{start.query}")
        if "Your Xero app" in page.text:
            visitor.enter_app(client_id)
        url = visitor.to_consent()
        page = visitor.get(answered(url).removeprefix(visitor.origin))
        visitor.choose(*re.findall(r'name="tenant" value="([^"]+)"', page.text))
        ended = login.result(SECONDS)
    assert ended.exit_code == 0, ended.output
    return set(asked(url)["scope"].split()) - {"offline_access"}, ended.output


def requested(
    machine: Machine, *options: str, client_id: str = "sandbox-pkce", **variables: str
) -> set[str]:
    """The scopes that ``xero login`` requests, without ``offline_access``; it ends at the consent.

    Args:
        machine: The user's machine.
        options: Options and arguments of the command.
        client_id: The app. It has no secret, and no login yet.
        variables: Environment variables.
    """
    runner = CliRunner(env={**machine.env, **variables})
    command = ["login", "--no-browser", *options]
    output = runner.invoke(main, command, input=f"{client_id}\n\n").stdout
    [url] = [line for line in output.splitlines() if line.startswith("http")]
    return set(asked(url)["scope"].split()) - {"offline_access"}


def failed_login(machine, *, client_id="sandbox-pkce", secret="", callback=None, options=()):
    """A login that ends with the callback that ``callback`` makes of the consent's URL."""
    with machine.logging_in(*options) as login:
        visitor = login.visitor()
        visitor.enter_app(client_id, secret)
        url = callback(visitor.to_consent())
        page = visitor.get(url.removeprefix(login.origin))
        code, _, err = login.end()
    assert (code, page.status_code) == (1, 400)
    title = re.search("<h1>(.*)</h1>", page.text)[1]
    assert title in err.splitlines()[-1]
    assert "Traceback" not in err
    return page.text
