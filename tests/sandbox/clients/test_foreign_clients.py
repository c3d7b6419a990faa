"""Clients from the registries work with the sandbox as they are; only their hosts are changed.

xero-python has test files of its own. The others run in environments of their own: `make tools`.
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).parents[3]
TOOLS = ROOT / ".tools"
PROGRAMS = Path(__file__).parent / "foreign"
NODE_MODULES = TOOLS / "npm" / "node_modules"
PYXERO = TOOLS / "pyxero" / "bin" / "python"
SINGER_IO = TOOLS / "bench" / "singer-io" / "bin" / "python"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone.utc)

needs_node = pytest.mark.skipif(
    not (which("node") and NODE_MODULES.is_dir()),
    reason="node is missing, or make tools was not run",
)


def environment(xero, client_id="sandbox-custom"):
    app = xero.apps[client_id]
    return {
        "PATH": os.environ["PATH"],
        "SANDBOX_ORIGIN": xero.origin,
        "SANDBOX_CLIENT_ID": app.client_id,
        "SANDBOX_CLIENT_SECRET": app.secret,
        "NODE_PATH": str(NODE_MODULES),
        "XERO_CLIENT_ID": app.client_id,
        "XERO_CLIENT_SECRET": app.secret,
    }


def run(command, environment):
    done = subprocess.run(
        [str(part) for part in command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def visible(xero, entity):
    hidden = {"ContactStatus": "ARCHIVED", "Status": "DELETED"}
    hiding = {"Contacts": ("ContactStatus",), "BankTransfers": ("Status",)}.get(entity, ())
    records = xero.records(entity)
    return [item for item in records if all(item[name] != hidden[name] for name in hiding)]


def counts_of(xero, entities):
    counts = {entity: len(visible(xero, entity)) for entity in entities}
    return counts | ({"Journals": 100} if "Journals" in counts else {})


def sales_since_new_year(xero):
    return {
        item["InvoiceID"]
        for item in xero.records("Invoices")
        if item["UpdatedDateUTC"] >= NEW_YEAR and item["Type"] == "ACCREC"
    }


@needs_node
def test_xero_node_reads_lists_writes_and_is_refused(demo):
    expected = sales_since_new_year(demo)
    program = ["node", "--require", PROGRAMS / "hosts.cjs", PROGRAMS / "xero_node.cjs"]
    answer = json.loads(run(program, environment(demo)))
    organisations = answer["counts"].pop("getOrganisations")
    entities = {name: name.removeprefix("get") for name in answer["counts"]}
    kept = counts_of(demo, entities.values())
    kept["Invoices"] -= 1  # the one that it wrote after it had counted
    kept["Contacts"] -= 1
    assert organisations == 1
    assert answer["counts"] == {name: kept[entity] for name, entity in entities.items()}
    assert set(answer["changed"]) == expected
    assert (answer["total"], answer["contact"]) == (10.35, "Ana")
    assert answer["date"].startswith("2026-05-01")
    message = answer["refusal"]["Elements"][0]["ValidationErrors"][0]["Message"]
    assert message == "A contact name must be specified."


@pytest.mark.skipif(not PYXERO.exists(), reason="make tools was not run")
def test_pyxero_reads_lists_and_is_refused(demo):
    contact = visible(demo, "Contacts")[0]
    answer = json.loads(
        run(
            [PYXERO, PROGRAMS / "pyxero_reads.py"],
            {
                **environment(demo, "sandbox-web"),
                "OAUTHLIB_INSECURE_TRANSPORT": "1",
                "SANDBOX_CONTACT": contact["ContactID"],
                "SANDBOX_TENANT": demo.tenant_id,
                "SANDBOX_TOKEN": json.dumps({**demo.grant(), "expires_at": 2**40}),
            },
        )
    )
    assert answer["counts"].pop("Organisations") == 1
    assert answer["counts"].pop("Reports") == 0
    kept = counts_of(demo, answer["counts"])
    kept["PurchaseOrders"] = min(kept["PurchaseOrders"], 100)
    assert answer["counts"] == kept
    assert set(answer["changed"]) == sales_since_new_year(demo)
    assert answer["filtered"] == [contact["ContactID"]]
    updated = contact["UpdatedDateUTC"].replace(tzinfo=None)
    assert answer["updated"].startswith(updated.isoformat(timespec="seconds"))
    assert "No property or field 'Nope' exists" in answer["refusal"]


@pytest.mark.skipif(not SINGER_IO.exists(), reason="make tools was not run")
def test_singer_ios_tap_discovers_and_reads(demo, tmp_path):
    config = {
        "start_date": "2000-01-01T00:00:00Z",
        "client_id": "sandbox-web",
        "client_secret": "sandbox-web-secret",
        "tenant_id": demo.tenant_id,
        "user_agent": "test",
    }
    names = ("accounts", "bank_transfers", "contacts", "credit_notes", "invoices", "items")

    def tap(*arguments):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**config, "refresh_token": demo.grant()["refresh_token"]}))
        addresses = {
            **environment(demo),
            "SANDBOX_BASE_URI": demo.base_uri,
            "SANDBOX_TOKEN_URI": demo.token_uri,
        }
        program = ROOT / "bench" / "singer_io_tap.py"
        return run([SINGER_IO, program, "--config", path, *arguments], addresses)

    catalog = json.loads(tap("--discover"))
    for stream in catalog["streams"]:
        (top,) = [item for item in stream["metadata"] if not item["breadcrumb"]]
        top["metadata"]["selected"] = stream["tap_stream_id"] in names
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    messages = map(json.loads, tap("--catalog", tmp_path / "catalog.json").splitlines())
    read = dict.fromkeys(names, 0)
    for message in messages:
        if message["type"] == "RECORD":
            read[message["stream"]] += 1
    entities = {name: name.title().replace("_", "") for name in names}
    assert read == {name: len(visible(demo, entity)) for name, entity in entities.items()}


class McpServer:
    """xero-mcp-server, spoken to over its standard input and output."""

    def __init__(self, process):
        self.process = process
        self.ids = iter(range(1, 1000))
        info = {"name": "test", "version": "1"}
        self.ask("initialize", protocolVersion="2024-11-05", capabilities={}, clientInfo=info)
        self.send({"method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def ask(self, method, **parameters):
        self.send({"id": next(self.ids), "method": method, "params": parameters})
        return json.loads(self.process.stdout.readline())["result"]

    def text(self, tool, **arguments):
        content = self.ask("tools/call", name=tool, arguments=arguments)["content"]
        return "\n".join(part["text"] for part in content)


@contextmanager
def mcp_server(xero):
    program = NODE_MODULES / "@xeroapi" / "xero-mcp-server" / "dist" / "index.js"
    with subprocess.Popen(
        [which("node"), "--require", str(PROGRAMS / "hosts.cjs"), str(program)],
        env=environment(xero),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
    ) as process:
        yield McpServer(process)
        process.stdin.close()
        process.wait(30)


LISTS = {
    "list-accounts": "Accounts",
    "list-bank-transactions": "BankTransactions",
    "list-contact-groups": "ContactGroups",
    "list-contacts": "Contacts",
    "list-credit-notes": "CreditNotes",
    "list-invoices": "Invoices",
    "list-items": "Items",
    "list-manual-journals": "ManualJournals",
    "list-payments": "Payments",
    "list-quotes": "Quotes",
    "list-tax-rates": "TaxRates",
    "list-tracking-categories": "TrackingCategories",
}


@needs_node
def test_the_mcp_server_lists_everything(demo):
    with mcp_server(demo) as mcp:
        demo.reset()
        tools = {tool["name"] for tool in mcp.ask("tools/list")["tools"]}
        assert set(LISTS) < tools
        for tool, entity in LISTS.items():
            arguments = {"page": 1} if tool != "list-accounts" else {}
            text = mcp.text(tool, **arguments)
            assert "Error" not in text, text
            assert (entity, 200) in [(call["endpoint"], call["status"]) for call in demo.calls()]
        for tool in ("list-organisation-details", "list-trial-balance", "list-profit-and-loss"):
            assert "Error" not in mcp.text(tool)
