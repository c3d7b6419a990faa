"""The Kubernetes manifests: valid for the versions that they are for, and their commands exist."""

import os
import re
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner
from fleet_runner import XERO, Fleet

from xero_client.cli import main

FOLDER = Path(__file__).parents[2] / "xero-fleet/kubernetes"
DOCUMENTS = [
    pytest.param(document, id=f"{file.stem}-{document['kind']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text("utf-8"))
]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("version", ["1.29", "1.37"])
def test_a_manifest_is_valid(document, version):
    # The package has the schemas of these versions: nothing is downloaded.
    kubernetes_validate.validate(document, version, strict=True)


def test_the_commands_of_the_manifests_exist():
    text = "".join(file.read_text("utf-8") for file in sorted(FOLDER.glob("*.yaml")))
    commands = set(re.findall(r"xero fleet (\w+)(?: (--\w+))?", text))

    assert ("sync", "--due") in commands
    for command, option in commands:
        shown = CliRunner().invoke(main, ["fleet", command, "--help"])
        assert shown.exit_code == 0, command
        assert option in shown.output


@pytest.mark.timeout(400)
@pytest.mark.sandbox(companies=["empty"] * 2)
def test_the_job_reads_what_is_due_in_batches_side_by_side(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, streams=["accounts"], batch_organisations=1)
    [job] = [each.values[0] for each in DOCUMENTS if each.values[0]["kind"] == "CronJob"]
    [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    path = f"{XERO.parent}{os.pathsep}{os.environ['PATH']}"
    variables = {"PATH": path, "XERO_FLEET_CONFIG": str(tmp_path / "fleet.json")}

    done = subprocess.run(
        [*container["command"], *container["args"]],
        env=fleet.environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": 1 organisations read, 0 not whole") == 2
    assert {each["state"] for each in fleet.status()["organisations"]} == {"on time"}
