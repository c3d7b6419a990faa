"""A PostgreSQL server on loopback, from Debian's package, for as long as the tests run."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from ports import free_port

START_SECONDS = 30
USER = "tester"


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """SQLAlchemy URL of an empty database; skips the test if PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    # Not in pytest's folder: PostgreSQL does not run as root, and its user may not read it.
    folder = Path(tempfile.mkdtemp(prefix="postgres-for-tests-"))
    owner = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if owner:
        shutil.chown(folder, "postgres", "postgres")
    password = secrets.token_hex(16)
    _initialise(programs, folder, password, owner)
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": "8MB",
        "fsync": "off",
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *arguments],
            stdout=log,
            stderr=log,
            cwd=folder,
            **owner,
        )
    uri = f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{port}/postgres"
    try:
        _await_start(server, uri, folder / "log")
        yield uri
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        server.wait(START_SECONDS)
        shutil.rmtree(folder)


@pytest.fixture
def fresh_postgres_uri(postgres_uri) -> Iterator[str]:
    """SQLAlchemy URL of a database that only this test uses."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(_plain(postgres_uri), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"{postgres_uri.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _initialise(programs: Path, folder: Path, password: str, owner: dict[str, str]) -> None:
    password_file = folder / "password"
    password_file.write_text(password)
    if owner:
        shutil.chown(password_file, **owner)
    arguments = ["--username", USER, "--pwfile", password_file, "--auth", "scram-sha-256"]
    done = subprocess.run(
        [programs / "initdb", "--pgdata", folder / "data", "--no-sync", *arguments],
        capture_output=True,
        check=False,
        text=True,
        cwd=folder,
        **owner,
    )
    password_file.unlink()
    assert done.returncode == 0, done.stderr


def _await_start(server: subprocess.Popen, uri: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_up(uri):
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL did not start: {log.read_text()}")
        time.sleep(0.1)


def _is_up(uri: str) -> bool:
    try:
        psycopg.connect(_plain(uri)).close()
    except psycopg.OperationalError:
        return False
    return True


def _plain(uri: str) -> str:
    return uri.replace("postgresql+psycopg:", "postgresql:")
