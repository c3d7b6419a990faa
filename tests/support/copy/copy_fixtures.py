"""Fixtures of the small company, its backup and its copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from copy import deepcopy

import pytest
from copy_pair import TARGET, Pair, last_state
from small_company import make_small_company

from xero_sandbox.companies.presets import empty_company
from xero_sandbox.server import server


def beside_an_empty_one(company):
    """A sandbox with the company as it was made, and an empty organisation to copy it to."""
    return server(companies=[deepcopy(company), empty_company(TARGET, "Harbour Copy")])


@pytest.fixture(scope="session")
def small_company(tmp_path_factory):
    """The small company and its backup, made once."""
    return make_small_company(tmp_path_factory.mktemp("small_company"))


@pytest.fixture(scope="session")
def finished_copy(tmp_path_factory, small_company):
    """The small company, a copy of it, its state database and the STATE, made once."""
    company, messages = small_company
    folder = tmp_path_factory.mktemp("finished_copy")
    backup = folder / "kept.jsonl"
    backup.write_bytes(messages)
    with beside_an_empty_one(company) as xero:
        pair = Pair(xero, folder)
        ended = pair.copy(backup)
        assert ended.returncode == 0, ended.stderr[-3000:]
        copy = deepcopy(xero.organisation(pair.target))
    return company, copy, pair.store_path, last_state(ended)


@pytest.fixture
def pair(tmp_path, small_company):
    """The small company, and an empty organisation to copy it to."""
    company, _ = small_company
    with beside_an_empty_one(company) as xero:
        yield Pair(xero, tmp_path)


@pytest.fixture
def copied(tmp_path, finished_copy):
    """The small company and its copy, after the first run."""
    company, copy, store_path, state = finished_copy
    with server(companies=[deepcopy(company), deepcopy(copy)]) as xero:
        pair = Pair(xero, tmp_path, state)
        with (
            closing(sqlite3.connect(store_path)) as kept,
            closing(sqlite3.connect(pair.store_path)) as own,
        ):
            kept.backup(own)
        yield pair


@pytest.fixture
def backup(tmp_path, small_company):
    """A file of the messages with which tap-xero reads the small company."""
    path = tmp_path / "kept.jsonl"
    path.write_bytes(small_company[1])
    return path
