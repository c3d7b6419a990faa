"""The public address of the repository: nowhere in its files, and written by a release.

The steps of the release workflow are run as they stand there, in a copy of the repository.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
UV = ROOT / ".tools/bin/uv"
PACKAGES = ["xero-client", "tap-xero", "target-xero", "xero-fleet", "xero-sandbox"]
ADDRESS = "https://github.com/Some-Owner/some-name"
LINKS = re.compile(r"\]\(([^)]+)\)")
OWN_FILES = ["README.md", "pyproject.toml", "Makefile", "docs/how-to/meltano-project.md"]


@pytest.fixture
def repository(tmp_path):
    """A copy of what a release reads and writes."""
    left_out = shutil.ignore_patterns("__pycache__", "*.db", "*.jsonl")
    for name in (".ci", ".github", "plugins", "hub", *PACKAGES):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=left_out)
    for name in OWN_FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def text_of(repository):
    """All texts that a release could change, by path."""
    files = [*OWN_FILES, *(f"{package}/{name}" for package in PACKAGES for name in OWN_FILES[:2])]
    return {file: (repository / file).read_text("utf-8") for file in files}


def step(name):
    """The command of a step of the release, and the job that has it."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    steps = workflow["jobs"]["build"]["steps"]
    return next(each["run"] for each in steps if each.get("name") == name)


def run_step(name, repository, **variables):
    (repository / "bin").mkdir(exist_ok=True)
    if not (repository / "bin/python").exists():
        (repository / "bin/python").symlink_to(sys.executable)
    path = f"{repository / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/bash", "-e", "-c", step(name)],
        cwd=repository,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def name_repository(repository, address=ADDRESS):
    server, _, name = address.rpartition("github.com/")
    variables = {"GITHUB_SERVER_URL": f"{server}github.com", "GITHUB_REPOSITORY": name}
    return run_step("Name this repository in the packages", repository, **variables)


def test_a_release_names_its_repository_in_every_package(repository):
    finished = name_repository(repository)
    assert finished.returncode == 0, finished.stderr

    for package in PACKAGES:
        options = ["--wheel", "--no-build-isolation", "--python", sys.executable]
        command = [UV, "build", "--quiet", *options, "--out-dir", repository / "dist"]
        subprocess.run([*command, repository / package], check=True)
    wheels = sorted((repository / "dist").glob("*.whl"))
    assert len(wheels) == len(PACKAGES)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
            metadata = Parser().parsestr(archive.read(name).decode())
        assert metadata.get_all("Project-URL") == [
            f"Repository, {ADDRESS}",
            "Documentation, https://some-owner.github.io/some-name/",
            f"Changelog, {ADDRESS}/blob/main/CHANGELOG.md",
            f"Issues, {ADDRESS}/issues",
        ]
        links = LINKS.findall(metadata.get_payload())
        assert [link for link in links if not link.startswith(("https://", "#"))] == []
        prefix = f"{ADDRESS}/blob/main/"
        own = [link.removeprefix(prefix).partition("#")[0] for link in links if prefix in link]
        assert [path for path in own if not (ROOT / path).exists()] == []

    tag = {"GITHUB_REF_NAME": "v0.1.0"}
    checked = "The tag is the version of every package"
    assert run_step(checked, repository, **tag).returncode == 0
    assert run_step(checked, repository, GITHUB_REF_NAME="v0.2.0").returncode == 1


def test_the_release_builds_every_package(repository):
    built = re.search(r"for package in (.+?);", step("Build every package"))[1].split()
    assert sorted(built) == sorted(path.parent.name for path in repository.glob("*/pyproject.toml"))


def test_the_address_can_be_written_again_and_be_another_one(repository):
    def write(*arguments):
        command = [sys.executable, ".ci/address.py", *arguments]
        return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)

    before = text_of(repository)
    assert write(ADDRESS).returncode == 0
    once = text_of(repository)
    assert write(f"{ADDRESS}.git/").returncode == 0
    assert text_of(repository) == once
    changed = {file for file, text in once.items() if text != before[file]}
    assert changed == {
        "README.md",
        "pyproject.toml",
        "docs/how-to/meltano-project.md",
        *(f"{package}/pyproject.toml" for package in PACKAGES),
    }
    assert f"({ADDRESS}/actions/workflows/tests.yml)" in once["README.md"].splitlines()[2]
    definition = f"{ADDRESS}/raw/main/plugins/from-ref/tap-xero.yml"
    assert definition in once["docs/how-to/meltano-project.md"]

    other = "https://github.com/someone/else"
    assert write(other).returncode == 0
    assert text_of(repository) == {
        file: text.replace(ADDRESS, other).replace(
            "some-owner.github.io/some-name", "someone.github.io/else"
        )
        for file, text in once.items()
    }


@pytest.mark.parametrize("address", ["", "OWNER/NAME", "http://github.com/a/b", "https://a/b/c d"])
def test_what_is_not_an_address_is_refused(repository, address):
    before = text_of(repository)
    command = [sys.executable, ".ci/address.py", address]
    finished = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "https://github.com/OWNER/NAME" in finished.stderr
    assert text_of(repository) == before


def test_the_entry_for_the_hub_names_the_repository_that_pyproject_names(repository):
    subprocess.run([sys.executable, ".ci/address.py", ADDRESS], cwd=repository, check=True)
    command = f"""
import json, sys
sys.path.insert(0, "plugins")
import generate
from pathlib import Path
generate.BIN = Path({str(Path(sys.executable).parent)!r})
print(json.dumps({{str(path): text for path, text in generate.files().items()}}))
"""
    finished = subprocess.run(
        [sys.executable, "-c", command], cwd=repository, capture_output=True, check=True
    )
    files = yaml.safe_load(finished.stdout)
    for file in ("hub/extractors/tap-xero.yml", "hub/loaders/target-xero.yml"):
        entry = yaml.safe_load(files[file])
        assert (entry["repo"], entry["variant"]) == (ADDRESS, "some-owner")
