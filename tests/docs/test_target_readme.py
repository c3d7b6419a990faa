"""target-xero's README against what the target says of itself."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from target_xero.build.streams.stream_settings import StreamSettings
from xero_client.entities.children import CHILDREN
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.table import ENTITIES

pytestmark = pytest.mark.fast

README = (Path(__file__).parent.parent.parent / "target-xero/README.md").read_text("utf-8")
OF_SDK = re.compile(r"stream_map|faker|flattening|validate_records")


def first_cells(header):
    """The names in the first column of the table that has this header."""
    table = README.partition(header)[2].split("\n\n")[0]
    return [cell.strip(" `") for cell in re.findall(r"^\| (?!---)(.*?) \|", table, re.MULTILINE)]


def test_the_table_of_settings_has_every_setting():
    command = [Path(sys.executable).parent / "target-xero", "--about", "--format", "json"]
    about = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    names = [name for name in about["settings"]["properties"] if not OF_SDK.match(name)]
    assert first_cells("| setting | default | meaning |") == names


def test_the_table_of_stream_settings_has_every_key():
    assert first_cells("| key | meaning |") == [*StreamSettings.__struct_fields__]


def test_the_table_of_entities_has_all_that_can_be_written():
    header = "| entity | create | update | found by | records a call | remove |"
    assert first_cells(header) == [entity.name for entity in ENTITIES if entity.writing]


def test_the_table_of_other_apis_has_all_that_can_be_written():
    header = "| stream | change | remove | parent | scope |"
    written = [entity.stream for entity in OTHER_ENTITIES if entity.writing]
    assert first_cells(header) == written


def test_every_kind_of_child_is_told_of():
    for child in CHILDREN.values():
        assert f"/{child.name}" in README
