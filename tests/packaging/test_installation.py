"""The wheels and sdists: their metadata, and what pip, pipx and uv install from them.

`uv tool` installs with every Python from 3.10 to 3.14 that is on the path or in the folder of
pyenv.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
UV = ROOT / ".tools/bin/uv"
VERSIONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
FOLDERS = {
    "singer-tap-xero": "tap-xero",
    "singer-target-xero": "target-xero",
    "xero-client": "xero-client",
    "xero-fleet": "xero-fleet",
    "xero-sandbox": "xero-sandbox",
}
ENVIRONMENT = {"UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never", "NO_COLOR": "1"}


def works(python, version):
    """Whether the file is a Python of this version; a shim of pyenv may stand for none."""
    finished = subprocess.run(
        [python, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=False,
    )
    return finished.returncode == 0 and finished.stdout.strip() == version


def found_pythons():
    """The path of one Python for each version; the one that runs the tests comes first."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        on_the_path = shutil.which(f"python{version}")
        candidates = [sys.executable, on_the_path, *sorted(pyenv.glob(f"{version}.*/bin/python"))]
        for python in filter(None, candidates):
            if works(python, version):
                yield version, python
                break


PYTHONS = dict(found_pythons())

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("packaging")]


def run(*command, **variables):
    """The finished command; the test fails with its whole output if the command fails."""
    inherited = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    finished = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        env=inherited | ENVIRONMENT | {key: str(value) for key, value in variables.items()},
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout + finished.stderr


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """Whether the package registry answers; without it nothing can be installed."""
    target = tmp_path_factory.mktemp("registry")
    probe = [UV, "pip", "install", "--no-cache", "--no-deps", "--target", target, "packaging"]
    reached = subprocess.run(
        probe, capture_output=True, text=True, check=False, env=os.environ | ENVIRONMENT
    )
    if reached.returncode:
        pytest.skip(f"the package registry does not answer: {reached.stderr.strip()[-200:]}")


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """A folder with the wheel and the sdist of each package."""
    folder = tmp_path_factory.mktemp("dist")
    options = ["--no-build-isolation", "--python", sys.executable, "--out-dir", folder]
    for package in FOLDERS.values():
        # The wheel is built from the sdist, so the sdist is whole.
        run(UV, "build", *options, ROOT / package)
    return folder


def metadata_of(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


@pytest.mark.parametrize("name", FOLDERS)
def test_a_wheel_says_what_it_is(dist, name):
    [wheel] = dist.glob(f"{name.replace('-', '_')}-*.whl")
    metadata = metadata_of(wheel)

    assert metadata["Name"] == name
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Author"]
    assert metadata["Keywords"]
    assert metadata.get_payload().startswith(f"# {FOLDERS[name]}")
    pythons = [
        classifier.rpartition(" ")[2]
        for classifier in metadata.get_all("Classifier")
        if "Python :: 3." in classifier
    ]
    assert pythons == VERSIONS


@pytest.mark.parametrize("name", FOLDERS)
def test_a_wheel_has_every_file_of_its_package(dist, name):
    package = FOLDERS[name].replace("-", "_")
    folder = ROOT / FOLDERS[name]
    sources = {
        path.relative_to(folder).as_posix()
        for path in (folder / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    [wheel] = dist.glob(f"{name.replace('-', '_')}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {entry for entry in archive.namelist() if ".dist-info/" not in entry}

    assert packed == sources


@pytest.mark.parametrize("name", FOLDERS)
def test_an_sdist_has_the_licence_and_nothing_from_outside_the_package(dist, name):
    [sdist] = dist.glob(f"{name.replace('-', '_')}-*.tar.gz")
    with tarfile.open(sdist) as archive:
        top = {entry.split("/")[1] for entry in archive.getnames()}

    package = FOLDERS[name].replace("-", "_")
    # Hatch always adds the .gitignore that is above the package.
    assert top == {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", package}


@pytest.mark.usefixtures("registry")
def test_twine_accepts_every_file(dist):
    files = [*dist.glob("*.whl"), *dist.glob("*.tar.gz")]
    report = run(UV, "tool", "run", "--from", "twine>=6.1", "twine", "check", "--strict", *files)

    assert report.count("PASSED") == len(files) == 2 * len(FOLDERS)


def check_programs(folder, programs):
    """Runs each program as a new user would first do."""
    assert {program for program in programs if not (folder / program).exists()} == set()
    for program in programs:
        if program in ("tap-xero", "target-xero"):
            version = run(folder / program, "--version")
            assert "0.1.0" in version
            assert "could not be detected" not in version
        else:
            assert "Usage:" in run(folder / program, "--help")
    if "tap-xero" in programs:
        found = subprocess.run(
            [folder / "tap-xero", "--discover"], capture_output=True, check=True
        ).stdout
        assert "invoices" in {stream["stream"] for stream in json.loads(found)["streams"]}


@pytest.mark.usefixtures("registry")
def test_pip_installs_all_packages_into_one_environment(dist, tmp_path):
    run(UV, "venv", "--quiet", "--seed", "--python", sys.executable, tmp_path / "env")
    pip = [tmp_path / "env/bin/python", "-m", "pip", "install", "--quiet", "--no-compile"]
    run(*pip, "--find-links", dist, *FOLDERS)

    programs = ["tap-xero", "target-xero", "xero", "xero-sandbox"]
    check_programs(tmp_path / "env/bin", programs)


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("python", PYTHONS.values(), ids=PYTHONS)
def test_uv_tool_installs_the_tap_with_the_login_and_the_target_beside_it(dist, tmp_path, python):
    places = {"UV_TOOL_DIR": tmp_path / "tools", "UV_TOOL_BIN_DIR": tmp_path / "bin"}
    for name in ("singer-tap-xero", "singer-target-xero"):
        install = [UV, "tool", "install", "--python", python, "--find-links", dist, name]
        run(*install, **places)

    check_programs(tmp_path / "bin", ["tap-xero", "target-xero", "xero"])


@pytest.mark.usefixtures("registry")
def test_pipx_installs_the_tap_with_the_login(dist, tmp_path):
    places = {"PIPX_HOME": tmp_path / "pipx", "PIPX_BIN_DIR": tmp_path / "bin"}
    options = ["--python", sys.executable, "--pip-args", f"--find-links {dist}"]
    run(
        UV,
        "tool",
        "run",
        "--from",
        "pipx>=1.7",
        "pipx",
        "install",
        *options,
        "singer-tap-xero",
        **places,
    )

    check_programs(tmp_path / "bin", ["tap-xero", "xero"])
