"""The bookmark of the journals: a number that may be wrong in a state that was edited."""

from __future__ import annotations

import pytest

from tap_runner import read


def state_at(xero, number):
    bookmark = {"replication_key": "JournalNumber", "replication_key_value": number}
    return {"bookmarks": {"journals": {"organisations": {xero.tenant_id: bookmark}}}}


@pytest.mark.parametrize("number", [-5, "ten"])
def test_what_is_not_the_number_of_a_journal_is_an_error(xero, number):
    run = read(xero, ["journals"], state=state_at(xero, number))
    assert run.exit_code == 1
    assert f"the state's bookmark of journals is {number!r}" in run.last_line
    assert xero.calls("Journals") == []
