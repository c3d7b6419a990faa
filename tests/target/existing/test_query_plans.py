"""No statement on the publish log reads all of it: its time does not grow with what was published.

The statements are those that runs make. Their plans are asked of the database.
"""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, event
from target_runner import publish, records


@pytest.fixture(params=["sqlite", "postgresql"])
def store_uri(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'xero.db'}"
    return request.getfixturevalue("fresh_postgres_uri")


@contextmanager
def collected():
    """The statements on the publish log, with their parameters."""
    found = {}

    def note(_connection, _cursor, statement, parameters, _context, _executemany):
        if re.match(r"SELECT|UPDATE|DELETE", statement) and "publish_re" in statement:
            values = parameters[0] if isinstance(parameters, list) else parameters
            found[statement] = values

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def plans(store_uri, statements):
    """The plan of each statement, as if the tables were large."""
    engine = create_engine(store_uri)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if not is_sqlite:
            # So a small table is read whole only if no index can be used.
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, values in statements.items():
            explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            rows = connection.exec_driver_sql(explain + statement, values).all()
            yield statement, "\n".join(str(row[-1]) for row in rows)
    engine.dispose()


def reads_all(plan):
    """Whether a plan reads a whole table, or all records of an organisation."""
    found = r"^SCAN publish_|Seq Scan on publish_|publish_records_by_id \(tenant_id=\?\)$"
    return re.search(found, plan, re.MULTILINE) is not None


def invoices(amount, *, key):
    rows = [
        {
            "ID": f"{number}",
            "Type": "ACCREC",
            "InvoiceNumber": f"N{number}",
            "Contact": {"Name": "Ana"},
            "LineItems": [{"Description": "Work", "Quantity": 1, "UnitAmount": amount}],
        }
        for number in range(3)
    ]
    return records("invoices", rows, key=key)


def test_no_statement_of_a_run_reads_the_whole_publish_log(tmp_path, xero, store_uri):
    settings = {
        "store_uri": store_uri,
        "publish_log_days": 30,
        "unknown_columns": "ignore",
        "overwrite": "any",
    }
    contacts = records("contacts", [{"Name": "Ana", "ID": "1"}, {"Name": "Bea", "ID": "2"}])
    xero.add("Contacts", {"Name": "Bea", "ContactStatus": "ACTIVE"})
    with collected() as statements:
        for amount in (10, 20, 20):
            run = publish(tmp_path, xero, contacts, **settings)
            assert run.exit_code == 0, run.log
            publish(tmp_path, xero, invoices(amount, key=["ID"]), **settings)
        many = [{"Name": f"Contact {number}"} for number in range(230)]
        for _ in range(2):  # the second time, the last ones are recognised by their input
            publish(tmp_path, xero, records("contacts", many, key=["Name"]), **settings)
        bad = [{"Name": "", "ID": "3"}, {"ID": "4", "EmailAddress": "x" * 600}]
        publish(tmp_path, xero, records("contacts", bad), **settings)
        xero.fault("reset", "Contacts", method="POST", after_work=True, times=None)
        publish(tmp_path, xero, records("contacts", [{"Name": "Cleo"}]), **settings)
        xero.reset()
        publish(tmp_path, xero, records("contacts", [{"Name": "Cleo"}]), **settings)

    explained = dict(plans(store_uri, statements))

    assert len(explained) >= 12
    assert any("xero_id" in statement.partition("WHERE")[2] for statement in explained)
    assert any("changed_at <" in statement for statement in explained)
    assert any("input_digest IN" in statement for statement in explained)
    assert {s: plan for s, plan in explained.items() if reads_all(plan)} == {}
