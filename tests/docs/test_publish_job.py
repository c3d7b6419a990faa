"""The sample of invoices, published by the README's first command and by the job of meltano.yml."""

import json
import os
import re
import shlex
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from loaders import tool

from xero_sandbox.server import server

ROOT = Path(__file__).parent.parent.parent


def test_the_first_command_of_the_readme_imports_the_sample(tmp_path):
    readme = (ROOT / "README.md").read_text("utf-8")
    [command] = re.findall(r"^\.venv/bin/(target-xero import .*)$", readme, re.MULTILINE)
    program, *arguments = shlex.split(command)
    with server() as xero:
        config = json.loads((ROOT / "examples/sandbox.json").read_text("utf-8"))
        config |= {name: getattr(xero, name) for name in config if name.endswith("_uri")
                   and name != "store_uri"}  # fmt: skip
        config["client_secret"] = xero.apps[config["client_id"]].secret
        (tmp_path / "examples").mkdir()
        (tmp_path / "examples/sandbox.json").write_text(json.dumps(config))
        (tmp_path / "examples/invoices.csv").symlink_to(ROOT / "examples/invoices.csv")

        ended = subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert ended.returncode == 0, ended.stderr
        assert "invoices: 3 created" in ended.stderr
        assert len(xero.records("Invoices")) == 3


def test_the_job_publishes_the_sample_and_a_second_run_changes_nothing(tmp_path):
    tool("tap-csv-folder", "tap-csv-folder")
    meltano = tool("meltano", "meltano")
    with server() as xero:
        own = {
            "BASE_URI": xero.base_uri,
            "AUTHORIZE_URI": xero.authorize_uri,
            "TOKEN_URI": xero.token_uri,
            "STORE_URI": f"sqlite:///{tmp_path / 'xero.db'}",
            "RESULTS_PATH": str(tmp_path / "results.jsonl"),
        }
        environment = {f"TARGET_XERO_{name}": value for name, value in own.items()}
        environment["MELTANO_DATABASE_URI"] = f"sqlite:///{tmp_path / 'meltano.db'}"
        for run in range(2):
            ended = subprocess.run(
                [meltano, "run", "publish-invoices"],
                env=os.environ | environment,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == 0, ended.stderr[-3000:]
            assert f"3 {'unchanged' if run else 'created'}" in ended.stderr
        totals = {
            invoice["InvoiceNumber"]: invoice["SubTotal"] for invoice in xero.records("Invoices")
        }
    assert totals == {
        "WEB-1001": Decimal("405.50"),
        "WEB-1002": Decimal("147.19"),
        "WEB-1003": Decimal("890.40"),
    }
