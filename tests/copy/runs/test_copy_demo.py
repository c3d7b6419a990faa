"""The demo company copied into an empty organisation, through faults and a kill: the proof."""

import json
import time

import pytest
from copy_pair import Pair

from xero_sandbox.server import server

MONTH_ENDS = 20
MADE_ONCE = ("Invoices", "Payments", "BankTransactions", "Contacts", "CreditNotes")
REMOVED = {"DELETED", "VOIDED"}


@pytest.mark.timeout(600)
def test_the_demo_company_is_copied_to_the_cent_through_faults_and_a_kill(tmp_path):
    with server(companies=["demo", "empty"], log_bodies=False) as xero:
        pair = Pair(xero, tmp_path)
        backup, opening = pair.tap(), pair.opening_balances()
        xero.fault("reset", "Invoices", method="PUT", nth=3, after_work=True)
        xero.fault("unavailable", "Contacts", method="PUT", nth=2)
        xero.fault("truncated", "BankTransactions", method="PUT", nth=2)
        xero.fault("reset", "Payments", method="PUT", nth=4, after_work=True)
        xero.fault("rate_limited", "Payments", method="PUT", nth=8, retry_after=1)
        killed = pair.start(backup, opening_balances=opening)
        deadline = time.monotonic() + 200
        while len(xero.calls("Payments", "PUT")) < 12:
            assert killed.poll() is None, killed.communicate()[1].decode()[-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        killed.kill()
        killed.communicate()

        copied = pair.copy(backup, opening_balances=opening)
        assert copied.returncode == 0, copied.stderr[-3000:]
        proof = pair.verify("--json", "-", "--html", str(tmp_path / "verdict.html"))
        assert proof.returncode == 0, proof.stdout[-5000:]
        found = json.loads(proof.stdout)
        assert found["same"] is True
        titles = [report["title"] for report in found["reports"] if not report["differences"]]
        assert sum(title.startswith("Trial balance") for title in titles) == MONTH_ENDS
        assert any(title.startswith("Profit and loss") for title in titles)
        assert any(title.startswith("Balance sheet") for title in titles)
        for entity in MADE_ONCE:
            ours, theirs = (
                [
                    record
                    for record in xero.records(entity, tenant_id)
                    if record.get("Status") not in REMOVED
                ]
                for tenant_id in xero.tenant_ids
            )
            assert len(ours) == len(theirs) > 0, entity

        xero.reset()
        again = pair.copy(backup, opening_balances=opening)
        assert again.returncode == 0, again.stderr[-3000:]
        assert pair.writes == []
        assert set(pair.statuses) == {"unchanged"}
