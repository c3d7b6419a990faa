"""Tokens at rest: encrypted if a key is set, and one chain for all who share a database."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from connections import put_grant
from cryptography.fernet import Fernet
from login_runner import BIN, Machine
from sqlalchemy import create_engine, text

from xero_client.store.database import Store
from xero_client.store.file_lock import file_lock
from xero_client.store.grants import GrantKey

APP = "sandbox-web"

pytestmark = pytest.mark.sandbox(strict_refresh=True)


def machine_of(tmp_path, xero, store_uri, **variables):
    app = {"XERO_CLIENT_ID": APP, "XERO_CLIENT_SECRET": xero.apps[APP].secret}
    return Machine.at(tmp_path, xero, XERO_STORE_URI=store_uri, **app, **variables)


def sqlite_uri(tmp_path):
    return f"sqlite:///{tmp_path / 'xero.db'}"


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_processes_that_refresh_at_one_moment_spend_one_token_once(
    xero, tmp_path, request, database, processes
):
    if database == "sqlite":
        store_uri = sqlite_uri(tmp_path)
    else:
        store_uri = request.getfixturevalue("fresh_postgres_uri")
    put_grant(xero, store_uri)
    machine = machine_of(tmp_path, xero, store_uri)
    # All of them are there before the first refresh has its answer.
    xero.fault("latency", "connect/token", method="POST", seconds=2.0)
    running = [
        subprocess.Popen(
            [BIN / "xero", "tenants", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=machine.env,
        )
        for _ in range(processes)
    ]
    ended = [(process.communicate(timeout=60), process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * processes, ended
    assert all(json.loads(out)[0]["tenant_id"] == xero.tenant_id for (out, _), _ in ended)
    assert len(xero.calls("connect/token", "POST")) == 1


def rows_of(store_uri):
    engine = create_engine(store_uri)
    with engine.connect() as connection:
        grants = connection.execute(text("SELECT refresh_token, access_token FROM grants")).all()
    engine.dispose()
    return [value for row in grants for value in row]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_with_a_key_no_token_is_readable_in_the_database(xero, tmp_path, request, database):
    if database == "sqlite":
        store_uri = sqlite_uri(tmp_path)
    else:
        store_uri = request.getfixturevalue("fresh_postgres_uri")
    put_grant(xero, store_uri)  # in clear: written before there was a key
    machine = machine_of(tmp_path, xero, store_uri, XERO_STORE_KEY=Fernet.generate_key().decode())
    assert machine.run("xero", "tenants").returncode == 0
    assert all(value.startswith("fernet:") for value in rows_of(store_uri))
    live = [*xero.sandbox.tokens.access, *xero.sandbox.tokens.refresh]
    assert not any(token in value for value in rows_of(store_uri) for token in live)
    # The second time it is read, and not asked for again.
    assert machine.run("xero", "tenants").returncode == 0
    assert len(xero.calls("connect/token", "POST")) == 1


def test_a_wrong_key_a_missing_one_and_one_that_is_none_say_so(xero, tmp_path):
    store_uri = sqlite_uri(tmp_path)
    put_grant(xero, store_uri)
    right, wrong = (Fernet.generate_key().decode() for _ in range(2))
    machine = machine_of(tmp_path, xero, store_uri)
    assert machine.run("xero", "tenants", XERO_STORE_KEY=right).returncode == 0
    for variables, said in (
        ({"XERO_STORE_KEY": wrong}, "The key in XERO_STORE_KEY is not the one"),
        ({}, "holds encrypted tokens: set 'store_encryption'"),
        ({"XERO_STORE_KEY": "secret"}, "The key in XERO_STORE_KEY is invalid"),
        ({"XERO_STORE_ENCRYPTION": "environment"}, "XERO_STORE_KEY is not set"),
        ({"XERO_STORE_ENCRYPTION": "yes"}, "'store_encryption' is 'yes'"),
    ):
        asked = machine.run("xero", "tenants", **variables)
        assert asked.returncode == 1
        assert said in asked.stderr
        assert "Traceback" not in asked.stderr
        assert wrong not in asked.stderr
    # A new key goes first, and the old one is still read.
    assert machine.run("xero", "tenants", XERO_STORE_KEY=f"{wrong},{right}").returncode == 0


KEYRING = '''
"""A keyring in a file."""
import json, pathlib
from keyring.backend import KeyringBackend
FILE = pathlib.Path(__file__).with_suffix(".json")
class Filed(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        return json.loads(FILE.read_text())[service + username] if FILE.exists() else None
    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({service + username: password}))
'''


def test_the_key_can_live_in_the_systems_keyring(xero, tmp_path):
    store_uri = sqlite_uri(tmp_path)
    put_grant(xero, store_uri)
    (tmp_path / "filed.py").write_text(KEYRING)
    backend = {"PYTHON_KEYRING_BACKEND": "filed.Filed", "PYTHONPATH": str(tmp_path)}
    machine = machine_of(tmp_path, xero, store_uri, XERO_STORE_ENCRYPTION="keyring", **backend)
    for _ in range(2):
        asked = machine.run("xero", "tenants")
        assert asked.returncode == 0, asked.stderr
    assert all(value.startswith("fernet:") for value in rows_of(store_uri))
    assert "xero-clientstore key" in (tmp_path / "filed.json").read_text()


def test_a_machine_without_a_keyring_says_what_to_set_instead(xero, tmp_path):
    backend = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    machine = machine_of(
        tmp_path, xero, sqlite_uri(tmp_path), XERO_STORE_ENCRYPTION="keyring", **backend
    )
    asked = machine.run("xero", "tenants")
    assert asked.returncode == 1
    assert "set 'store_encryption' to 'environment'" in asked.stderr


def test_a_token_near_its_end_is_said_with_the_day_on_which_it_dies(xero, tmp_path):
    store_uri = sqlite_uri(tmp_path)
    put_grant(xero, store_uri, age=timedelta(days=53))
    machine = machine_of(tmp_path, xero, store_uri)
    dies = datetime.now(timezone.utc) + timedelta(days=7)
    warned = machine.run("xero", "tenants")
    assert warned.returncode == 0
    assert f"has not been used for 53 days and expires on {dies:%Y-%m-%d}" in warned.stderr
    assert machine.run("xero", "tenants").stderr == ""  # it is a new one now


def test_a_younger_token_needs_no_warning(xero, tmp_path):
    store_uri = sqlite_uri(tmp_path)
    put_grant(xero, store_uri, age=timedelta(days=49))
    assert machine_of(tmp_path, xero, store_uri).run("xero", "tenants").stderr == ""


def test_the_sqlite_file_is_for_its_owner_only(xero, tmp_path):
    machine = machine_of(tmp_path, xero, sqlite_uri(tmp_path))
    put_grant(xero, sqlite_uri(tmp_path))
    (tmp_path / "xero.db").chmod(0o644)
    assert machine.run("xero", "tenants").returncode == 0
    assert (tmp_path / "xero.db").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_named_as_the_file_stays_as_it_is(xero, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    machine = machine_of(tmp_path, xero, f"sqlite:///{folder}")
    done = machine.run("xero", "tenants")
    assert done.returncode == 1
    assert "store_uri" in done.stderr
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_refresh_under_way_does_not_keep_a_status_waiting(xero, tmp_path, fresh_postgres_uri):
    put_grant(xero, fresh_postgres_uri, minutes_left=20)
    machine = machine_of(tmp_path, xero, fresh_postgres_uri)
    assert machine.run("xero", "tenants").returncode == 0  # makes the tables
    plain = fresh_postgres_uri.replace("+psycopg", "")
    lock = GrantKey(APP, xero.token_uri).lock_name
    with psycopg.connect(plain) as other:
        other.execute("INSERT INTO locks VALUES (%s) ON CONFLICT DO NOTHING", [lock])
        other.execute("SELECT * FROM locks FOR UPDATE")
        began = time.monotonic()
        assert machine.run("xero", "tenants").returncode == 0
        assert time.monotonic() - began < 20


def journal_mode_of(path):
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA journal_mode").fetchone()[0]


def test_an_sqlite_file_of_an_earlier_version_gets_a_write_ahead_log(xero, tmp_path):
    path = tmp_path / "xero.db"
    put_grant(xero, sqlite_uri(tmp_path))
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    machine = machine_of(tmp_path, xero, sqlite_uri(tmp_path))
    assert machine.run("xero", "tenants").returncode == 0
    assert journal_mode_of(path) == "wal"
    # All is in the one file after the last program has ended.
    assert [each.name for each in tmp_path.glob("xero.db-*") if each.is_file()] == []


def test_an_sqlite_file_that_another_program_reads_stays_as_it_is(xero, tmp_path):
    path = tmp_path / "xero.db"
    token = put_grant(xero, sqlite_uri(tmp_path))["refresh_token"]
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = DELETE")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM grants").fetchone()
        store = Store(sqlite_uri(tmp_path))
        grant = store.grant(GrantKey(APP, xero.token_uri))
        store.close()
    assert grant.refresh_token == token
    assert journal_mode_of(path) == "delete"


OTHER = """
import sys
from sqlalchemy import text
from xero_client.store.database import Store
from xero_client.store.file_lock import file_lock
store = Store(sys.argv[1])
with store.engine.begin() as connection:
    connection.execute(text(f"INSERT INTO notes VALUES ({sys.argv[2]})"))
    print(sorted(connection.execute(text("SELECT number FROM notes")).scalars()))
store.close()
"""


def written_by_another_process(store_uri, number):
    done = subprocess.run(
        [sys.executable, "-c", OTHER, store_uri, str(number)], capture_output=True, check=True
    )
    return json.loads(done.stdout)


def write(store, number):
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES (:number)"), {"number": number})


def test_two_stores_of_a_process_lose_nothing_when_another_process_ends(tmp_path):
    """The locks of SQLite belong to a process: closing the file would end them."""
    first = Store(sqlite_uri(tmp_path))
    with first.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (number INTEGER)"))
    second = Store(sqlite_uri(tmp_path))
    assert written_by_another_process(sqlite_uri(tmp_path), 1) == [1]
    write(first, 2)
    write(second, 3)
    assert written_by_another_process(sqlite_uri(tmp_path), 4) == [1, 2, 3, 4]
    first.close()
    second.close()
    assert written_by_another_process(sqlite_uri(tmp_path), 5) == [1, 2, 3, 4, 5]


EXCLUSIVE = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], timeout=0).execute("BEGIN EXCLUSIVE")
"""


def test_a_thread_that_waits_for_a_lock_does_not_end_it(tmp_path):
    with file_lock(tmp_path / "locks", "one"):
        waiting = threading.Thread(target=held_for_a_moment, args=[tmp_path / "locks"])
        waiting.start()
        time.sleep(0.5)
        [path] = (tmp_path / "locks").glob("*.lock")
        other = subprocess.run(
            [sys.executable, "-c", EXCLUSIVE, str(path)], capture_output=True, check=False
        )
    waiting.join()
    assert b"database is locked" in other.stderr


def held_for_a_moment(folder):
    with file_lock(folder, "one"):
        pass
