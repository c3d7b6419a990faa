"""The fleet on Airflow 3, twice a minute: ``sync >> plan >> run (one for each batch) >> settle``.

All logic is in the commands of ``xero fleet``, which have an environment of their own. What passes
between the tasks are the ids of batches only. Two variables of the environment, or of the worker's
unit or pod, say where things are:

- ``XERO_FLEET_CONFIG``: the fleet's settings. Secrets are in the files that it names.
- ``XERO_COMMAND``: the program ``xero``; default: the one on the PATH.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

# What `xero fleet run` ends with if another worker has the batch.
LEASE_LOST_CODE = 4
RETRY = {"retries": 2, "retry_delay": timedelta(seconds=10)}
# Of all rounds together. So rounds that are slower than the schedule leave workers to the batches.
ONE_AT_ONCE = 1


def fleet(*arguments: str) -> str:
    """Runs a command of ``xero fleet``, and returns its output; its log goes to the task's log.

    If the task is ended, the command is asked to end too, and saves what was loaded.
    """
    command = [os.environ.get("XERO_COMMAND", "xero"), "fleet", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        try:
            output = process.communicate()[0]
        except BaseException:
            process.terminate()
            raise
    print(output)  # noqa: T201  # the task's log
    if process.returncode == LEASE_LOST_CODE:
        message = "Another worker has the batch"
        raise AirflowSkipException(message)
    if process.returncode:
        message = f"{' '.join(command)} ended with code {process.returncode}: see the log above"
        raise AirflowException(message)
    return output


@dag(
    schedule=timedelta(seconds=30),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    # A run lasts as long as its slowest batch, up to a quarter of an hour; the next ones plan what
    # is free meanwhile.
    max_active_runs=32,
    default_args=RETRY,
    tags=["xero"],
)
def xero_fleet() -> None:
    """Reads all organisations that are due."""

    @task(retries=0, max_active_tis_per_dag=ONE_AT_ONCE)  # the next round asks again
    def sync() -> None:
        fleet("sync", "--due")

    # One login that cannot be asked does not keep all others from being read.
    @task(trigger_rule="all_done", max_active_tis_per_dag=ONE_AT_ONCE)
    def plan() -> list[str]:
        return json.loads(fleet("plan", "--json"))

    @task(pool="xero")
    def run(batch: str) -> None:
        fleet("run", batch)

    @task(trigger_rule="all_done", max_active_tis_per_dag=ONE_AT_ONCE)
    def settle() -> None:
        fleet("settle")

    batches = plan()
    sync() >> batches
    run.expand(batch=batches) >> settle()


xero_fleet()
