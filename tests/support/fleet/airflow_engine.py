"""Airflow 3 with Celery on loopback: scheduler, DAG processor, API server, workers, Redis."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from loaders import tool
from ports import free_port

ROOT = Path(__file__).parents[3]
DAGS = ROOT / "xero-fleet/airflow"
DAG = "xero_fleet"


@dataclass
class Engine:
    """The processes of an Airflow, each in a session of its own."""

    folder: Path
    environment: dict[str, str]
    airflow: Path
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, postgres_uri: str, fleet: Any, *, slots: int = 2) -> Engine:
        airflow = tool("airflow", "airflow")
        redis = shutil.which("redis-server")
        if redis is None:
            pytest.skip("Redis is not installed (apt-get install redis-server)")
        folder.mkdir()
        redis_port, api_port = free_port(), free_port()
        password = secrets.token_hex(16)
        database = postgres_uri.replace("+psycopg:", "+psycopg2:")
        environment = {
            **fleet.environment,
            "PATH": f"{airflow.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api_port}/execution/",
            "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(api_port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__CELERY__BROKER_URL": f"redis://:{password}@127.0.0.1:{redis_port}/0",
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "3",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "XERO_COMMAND": str(ROOT / ".venv/bin/xero"),
            "XERO_FLEET_CONFIG": str(fleet.folder / "fleet.json"),
        }
        engine = cls(folder, environment, airflow)
        arguments = ["--port", str(redis_port), "--bind", "127.0.0.1", "--requirepass", password]
        try:
            engine.start("redis", [redis, *arguments, "--save", "", "--dir", str(folder)])
            engine.call("db", "migrate")
            engine.start("api-server", [str(airflow), "api-server"])
            engine.call("pools", "set", "xero", str(slots), "batches of the fleet")
            for name in ("dag-processor", "scheduler"):
                engine.start(name, [str(airflow), name])
            # The first task needs it.
            engine.await_api(api_port)
        except BaseException:
            engine.stop()
            raise
        return engine

    def await_api(self, port: int) -> None:
        """Waits for the API server."""
        deadline = time.monotonic() + 180
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            assert time.monotonic() < deadline, self.everything_written()[-5000:]
            time.sleep(0.2)

    def start(self, name: str, command: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_worker(self, name: str) -> None:
        """Starts a worker, which runs two tasks at once."""
        options = ["--concurrency", "2", "--celery-hostname", f"{name}@%h"]
        self.start(name, [str(self.airflow), "celery", "worker", "--skip-serve-logs", *options])

    def has(self, name: str, program: str) -> bool:
        """Whether a process, or one that it started, runs a program now."""
        for pid in self._session(name):
            with suppress(OSError):
                if program.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return True
        return False

    def kill(self, name: str) -> None:
        """SIGKILL for a process and all that it started, as if its machine had failed."""
        while pids := self._session(name):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.processes[name].poll()
        self.processes.pop(name).wait()

    def _session(self, name: str) -> list[int]:
        """The processes of a session. Each task has a process group of its own in it."""
        leader = self.processes[name].pid
        pids = []
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getsid(int(path.name)) == leader and not _is_dead(path):
                    pids.append(int(path.name))
        return pids

    def call(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.airflow), *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self) -> None:
        """Ends all processes at once: nothing of them is needed any more."""
        for name in list(self.processes):
            self.kill(name)

    def everything_written(self) -> str:
        """All logs of all processes and tasks."""
        files = [path for path in self.folder.rglob("*.log") if path.is_file()]
        return "\n".join(path.read_text("utf-8", errors="replace") for path in files)


def _is_dead(process: Path) -> bool:
    """Whether a process has ended, and only its parent has not noticed it."""
    return (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
