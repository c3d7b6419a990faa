"""``publish_log_days``: the log forgets what did not come again for so many days."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from target_runner import publish, records

DAY = 86_400


def drafts(*references, key=()):
    """Invoices without a number; their content is all that tells them apart."""
    rows = [
        {
            "Type": "ACCREC",
            "Contact": {"Name": "Ana"},
            "Reference": reference,
            "LineItems": [{"Description": "Work", "Quantity": 1, "UnitAmount": 10}],
        }
        for reference in references
    ]
    if key:
        rows = [{**row, "ID": row["Reference"]} for row in rows]
    return records("invoices", rows, key=key)


def on_log(folder, statement, **values):
    engine = create_engine(f"sqlite:///{folder / 'xero.db'}")
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        rows = result.fetchall() if result.returns_rows else []
    engine.dispose()
    return rows


def age(folder, days):
    change = "UPDATE publish_records SET changed_at = changed_at - :seconds"
    on_log(folder, change, seconds=days * DAY)


def count(folder):
    [(number,)] = on_log(folder, "SELECT count(*) FROM publish_records")
    return number


def test_without_the_setting_nothing_is_ever_forgotten(tmp_path, xero):
    publish(tmp_path, xero, drafts("a"))
    age(tmp_path, 10_000)
    publish(tmp_path, xero, drafts("b"))
    again = publish(tmp_path, xero, drafts("a"))
    assert again.statuses == {"unchanged": 1}
    assert len(xero.records("Invoices")) == 2


def test_what_did_not_come_for_so_many_days_is_forgotten_and_said(tmp_path, xero):
    publish(tmp_path, xero, drafts("a"), publish_log_days=30)
    age(tmp_path, 31)
    run = publish(tmp_path, xero, drafts("b"), publish_log_days=30)
    assert "1 records did not come for 30 days and are forgotten (publish_log_days)" in run.log
    assert count(tmp_path) == 1


def test_what_comes_again_is_known_however_old_it_is(tmp_path, xero):
    publish(tmp_path, xero, drafts("a"), publish_log_days=30)
    for _ in range(3):
        age(tmp_path, 20)
        run = publish(tmp_path, xero, drafts("a"), publish_log_days=30)
        assert run.statuses == {"unchanged": 1}
    age(tmp_path, 40)  # also if the runs themselves are further apart
    run = publish(tmp_path, xero, drafts("a"), publish_log_days=30)
    assert run.statuses == {"unchanged": 1}
    assert len(xero.records("Invoices")) == 1


def test_a_record_with_a_key_is_always_known(tmp_path, xero):
    publish(tmp_path, xero, drafts("a", key=["ID"]), publish_log_days=30, unknown_columns="ignore")
    age(tmp_path, 400)
    publish(tmp_path, xero, drafts("b"), publish_log_days=30)
    run = publish(
        tmp_path, xero, drafts("a", key=["ID"]), publish_log_days=30, unknown_columns="ignore"
    )
    assert run.statuses == {"unchanged": 1}


def test_what_has_no_outcome_yet_is_never_forgotten(tmp_path, xero):
    publish(tmp_path, xero, drafts("a"))
    on_log(tmp_path, "UPDATE publish_records SET state = 'intended'")
    age(tmp_path, 400)
    publish(tmp_path, xero, drafts("b"), publish_log_days=30)
    assert count(tmp_path) == 2


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_a_day_is_refused(tmp_path, xero, days):
    run = publish(tmp_path, xero, drafts("a"), publish_log_days=days)
    assert run.exit_code == 1
    assert "publish_log_days" in run.last_line
    assert not xero.records("Invoices")


def test_a_dry_run_forgets_nothing(tmp_path, xero):
    publish(tmp_path, xero, drafts("a"))
    age(tmp_path, 400)
    publish(tmp_path, xero, drafts("b"), publish_log_days=30, dry_run=True)
    assert count(tmp_path) == 1
