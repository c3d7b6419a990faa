"""Runs ``target-xero plan`` and ``target-xero apply``, and keeps what they write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner
from target_runner import config_in, lines_in, lines_of

from tap_runner import own_logging
from target_xero.plan.commands import apply_plan, plan


@dataclass
class Planned:
    """One run of ``plan``: its exit code, output, log, file and page."""

    exit_code: int
    output: str
    log: str
    path: Path
    content: dict[str, Any] = field(default_factory=dict)
    page: str = ""

    def documents(self, *actions: str) -> list[dict[str, Any]]:
        return [
            document
            for document in self.content["documents"]
            if not actions or document["action"] in actions
        ]

    @property
    def actions(self) -> list[str]:
        return [document["action"] for document in self.documents()]

    def account(self, code: str) -> tuple[Any, Any]:
        """The debit and the credit of an account."""
        [found] = [row for row in self.content["accounts"] if row["code"] == code]
        return found["debit"], found["credit"]


@dataclass
class Applied:
    """One run of ``apply``: its exit code, output, log and results."""

    exit_code: int
    output: str
    log: str
    results: list[dict[str, Any]]

    @property
    def statuses(self) -> list[str]:
        return [result["status"] for result in self.results]

    @property
    def errors(self) -> list[str]:
        return [text for result in self.results for text in result["errors"]]


def _invoked(command: Any, arguments: list[str]) -> tuple[Any, str]:
    with own_logging() as log:
        result = CliRunner().invoke(command, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result, log.getvalue()


def plan_of(
    folder: Path, xero: Any, messages: Iterable[Any], *options: str, **settings: Any
) -> Planned:
    """Makes a plan of messages."""
    (folder / "config.json").write_text(json.dumps(config_in(folder, xero, **settings)))
    (folder / "input.jsonl").write_bytes(lines_of(messages))
    return _planned(folder, "--input", str(folder / "input.jsonl"), *options)


def plan_of_file(folder: Path, xero: Any, file: Path, *options: str, **settings: Any) -> Planned:
    """Makes a plan of a CSV or XLSX file."""
    (folder / "config.json").write_text(json.dumps(config_in(folder, xero, **settings)))
    return _planned(folder, str(file), *options)


def _planned(folder: Path, *arguments: str) -> Planned:
    path = folder / "plan.json"
    path.unlink(missing_ok=True)
    command = [*arguments, "--config", str(folder / "config.json"), "--plan", str(path)]
    result, log = _invoked(plan, command)
    if not path.exists():
        return Planned(result.exit_code, result.output, log, path)
    content = msgspec.json.decode(path.read_bytes())
    page = path.with_suffix(".html").read_text("utf-8")
    return Planned(result.exit_code, result.output, log, path, content, page)


def applied(
    folder: Path, xero: Any, path: Path, *options: str, **settings: Mapping[str, Any] | Any
) -> Applied:
    """Applies a plan."""
    (folder / "config.json").write_text(json.dumps(config_in(folder, xero, **settings)))
    before = len(lines_in(folder / "results.jsonl"))
    command = [str(path), "--config", str(folder / "config.json"), *options]
    result, log = _invoked(apply_plan, command)
    results = lines_in(folder / "results.jsonl")[before:]
    return Applied(result.exit_code, result.output, log, results)
