"""Two organisations in a sandbox, and the commands that copy one into the other."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import requests
from click.testing import CliRunner

from tap_runner import catalog_of, own_logging
from tap_xero.tap import TapXero
from target_xero.copy.command import command as opening_balances
from target_xero.target import TargetXero
from target_xero.verify.command import verify

BIN = Path(sys.executable).parent
SOURCE = "aaaaaaaa-0000-4000-8000-000000000001"
TARGET = "aaaaaaaa-0000-4000-8000-000000000002"


class Pair:
    """The source and the target of a copy in one sandbox, and the commands to run on them."""

    def __init__(self, xero, folder, state=None):
        self.xero = xero
        self.folder = folder
        # The STATE of the last copy that succeeded.
        self.state = state
        self.store_path = folder / "store.db"
        self.source, self.target = xero.tenant_ids[0], xero.tenant_ids[-1]
        self._config = {
            "base_uri": xero.base_uri,
            "authorize_uri": xero.authorize_uri,
            "token_uri": xero.token_uri,
            "access_token": xero.grant("sandbox-web")["access_token"],
            "store_uri": f"sqlite:///{self.store_path}",
        }
        self._headers = {
            tenant_id: xero.headers("sandbox-web", tenant_id=tenant_id)
            for tenant_id in xero.tenant_ids
        }
        self.results_path = folder / "results.jsonl"
        self.rejects_path = folder / "rejects.jsonl"

    # Calls to the API

    def send(self, method, path, tenant_id=None, headers=(), **content):
        answer = requests.request(
            method,
            f"{self.xero.base_uri}/{path}",
            headers={**self._headers[tenant_id or self.source], **dict(headers)},
            timeout=10,
            **content,
        )
        assert answer.ok, (method, path, answer.text)
        return answer

    def call(self, method, path, body=None, tenant_id=None, params=None):
        return self.send(method, path, tenant_id, json=body, params=params).json()

    def put(self, entity, record, tenant_id=None):
        params = {"unitdp": "4"}
        return self.call("PUT", entity, {entity: [record]}, tenant_id, params)[entity][0]

    def post(self, entity, record, tenant_id=None):
        return self.call("POST", entity, {entity: [record]}, tenant_id)[entity][0]

    def put_children(self, path, key, *records):
        return self.call("PUT", path, {key: list(records)})[key]

    def records(self, entity, tenant_id=None, **params):
        """All records of an organisation (the copy's), as its API shows them."""
        params = {"page": 1, "pageSize": 1000, "includeArchived": "true", **params}
        return self.call("GET", entity, tenant_id=tenant_id or self.target, params=params)[entity]

    def find(self, entity, tenant_id=None, **fields):
        """The only record (of the source) with these fields, or None."""
        found = [
            record
            for record in self.records(entity, tenant_id or self.source)
            if all(record.get(name) == value for name, value in fields.items())
        ]
        assert len(found) <= 1
        return found[0] if found else None

    # Commands

    def config(self, name, tenant_id, **settings):
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({**self._config, "tenant_id": tenant_id, **settings}))
        return str(path)

    def tap(self, state=None, streams=None, **settings):
        """The Singer messages of the source, as a file: a backup."""
        options = ["--config", self.config("tap", self.source, **settings)]
        if streams is not None:
            catalog = self.folder / "catalog.json"
            catalog.write_text(json.dumps(catalog_of(streams)))
            options += ["--catalog", str(catalog)]
        if state is not None:
            path = self.folder / "state.json"
            path.write_text(json.dumps(state))
            options += ["--state", str(path)]
        with own_logging() as log:
            result = CliRunner().invoke(TapXero.cli, options)
        run = completed_process(result, log.getvalue())
        assert run.returncode == 0, run.stderr[-2000:]
        backup = self.folder / "backup.jsonl"
        backup.write_bytes(result.stdout_bytes)
        return backup

    def _copy_settings(self, settings):
        return {
            "tenant_id": self.target,
            "references": "translate",
            "results_path": str(self.results_path),
            "rejects_path": str(self.rejects_path),
            **settings,
        }

    def start(self, backup, options=(), **settings):
        """Starts the target on a backup."""
        config = self.config("copy", **self._copy_settings(settings))
        command = [str(BIN / "target-xero"), "--config", config, *options]
        with backup.open("rb") as lines:
            return subprocess.Popen(
                command, stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )

    def kill_during(self, backup, calls, **settings):
        """Starts to copy a backup, and kills the target after the next PUT to a path."""
        before = len(self.xero.calls(calls, "PUT"))
        # The call after it is slow too, so that the kill comes before the end of that one.
        self.xero.fault("latency", calls, method="PUT", times=None, seconds=0.5)
        process = self.start(backup, **settings)
        deadline = time.monotonic() + 60
        while len(self.xero.calls(calls, "PUT")) == before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
        process.communicate()

    def copy(self, backup, **settings):
        """Copies a backup in this process; returns the exit code, the output and the log."""
        self.results_path.unlink(missing_ok=True)
        self.rejects_path.unlink(missing_ok=True)
        config = self.config("copy", **self._copy_settings(settings))
        with own_logging() as log:
            result = CliRunner().invoke(
                TargetXero.cli, ["--config", config], input=backup.read_bytes()
            )
        return completed_process(result, log.getvalue())

    def opening_balances(self, *options):
        """The file of the source's opening balances."""
        path = self.folder / "opening.json"
        options = ["--source", self.config("source", self.source), "--output", str(path), *options]
        run = completed_process(CliRunner().invoke(opening_balances, options), "")
        assert run.returncode == 0, run.stderr
        return str(path)

    def verify(self, *options):
        files = ["--source", self.config("source", self.source)]
        files += ["--target", self.config("target", self.target)]
        return completed_process(CliRunner().invoke(verify, [*files, *options]), "")

    # Results

    @property
    def results(self):
        return [json.loads(line) for line in self.results_path.read_text().splitlines()]

    @property
    def statuses(self):
        return Counter(result["status"] for result in self.results)

    @property
    def writes(self):
        """The writing calls since the log was last cleared."""
        return [entry for entry in self.xero.log if entry["method"] != "GET"]


def completed_process(result, log):
    """The end of a command that ran in this process, as `subprocess` tells it."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess([], result.exit_code, result.stdout, result.stderr + log)


def assert_books_agree(pair, *options):
    """`target-xero verify` finds that the books agree."""
    verdict = pair.verify(*options)
    differing = [line for line in verdict.stdout.splitlines() if "differ" in line.lower()]
    assert verdict.returncode == 0, (differing, verdict.stdout[-3000:], verdict.stderr)


def assert_records_match(pair):
    """All records match; the reports may differ, as they do without opening balances."""
    found = json.loads(pair.verify("--json", "-").stdout)["mismatches"]
    assert [mismatch for mismatch in found if mismatch["judged"]] == []


def last_state(ended):
    """The STATE with which a copy ended."""
    return json.loads(ended.stdout.splitlines()[-1])
