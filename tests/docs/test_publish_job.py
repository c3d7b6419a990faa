"""The job `publish-invoices` of meltano.yml: a CSV of lines becomes invoices in the sandbox."""

import os
import subprocess
from decimal import Decimal
from pathlib import Path

from loaders import tool

from xero_sandbox.server import server

ROOT = Path(__file__).parent.parent.parent


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
