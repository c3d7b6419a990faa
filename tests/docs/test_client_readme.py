"""The client's README against what the client itself says of its settings and commands."""

import re
from pathlib import Path

import pytest

from xero_client.cli import main
from xero_client.entities.access.purposes import PURPOSES
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES

pytestmark = pytest.mark.fast

README = (Path(__file__).parent.parent.parent / "xero-client" / "README.md").read_text("utf-8")


def stated_defaults():
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3:
            for name in re.findall(r"`(\w+)`", cells[0]):
                yield name, cells[1].strip("`")


def test_the_readme_names_every_setting_with_its_default():
    stated = dict(stated_defaults())
    assert set(CONNECTION_PROPERTIES) <= set(stated)
    for name, schema in CONNECTION_PROPERTIES.items():
        if "default" in schema:
            assert stated[name].lower() == str(schema["default"]).lower(), name


def test_every_option_that_the_readme_names_exists():
    known = {
        option
        for command in main.commands.values()
        for parameter in command.params
        for option in parameter.opts
    }
    ours = "".join(line for line in README.splitlines() if "xero-sandbox" not in line)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ours)) <= known


def test_every_purpose_of_a_login_is_in_the_readme():
    _, _, table = README.partition("| `--for` | the login can |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    assert sorted(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in rows))) == sorted(
        PURPOSES
    )


def test_every_command_is_in_the_readme():
    assert all(f"`xero {name}" in README for name in main.commands)
