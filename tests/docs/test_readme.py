"""The READMEs against what the tap says of itself."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xero_client.entities.nested_lists import CASH_JOURNALS
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.table import BY_STREAM

pytestmark = pytest.mark.fast

ROOT = Path(__file__).parent.parent.parent
OF_TAP = (ROOT / "tap-xero/README.md").read_text("utf-8")
SDK = re.compile(r"stream_map|faker|flattening|batch_config")


def first_cells(text, header):
    """The names in the first column of the table that has this header."""
    table = text.partition(header)[2].split("\n\n")[0]
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_the_table_of_streams_has_every_stream_with_its_key_and_scope():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| .*? \| .*? \| `(.*?)` \|", OF_TAP, re.MULTILINE)

    stated = {stream: (key.strip("`"), scope) for stream, key, scope in rows}

    assert stated == {
        stream: (entity.id_field or "none", entity.read_scope)
        for stream, entity in {**BY_STREAM, CASH_JOURNALS: BY_STREAM["journals"]}.items()
    }


@pytest.mark.parametrize(("stream", "entity"), BY_STREAM.items())
def test_the_table_of_streams_says_how_later_runs_read(stream, entity):
    [row] = re.findall(rf"^\| `{stream}` \|.*", OF_TAP, re.MULTILINE)

    assert ("whole list" in row) == entity.reading.full_table
    assert ("not selected by default" in row) != entity.reading.selected_by_default
    assert (f"`{entity.reading.hidden_parameter}`" in row) == bool(entity.reading.hidden_parameter)


@pytest.mark.parametrize("entity", OTHER_ENTITIES, ids=lambda entity: entity.stream)
def test_the_tables_of_the_other_apis_have_every_stream_with_its_key_and_scope(entity):
    stated = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \| ([^|]+) \|$", OF_TAP, re.MULTILINE)
    rows = {stream: (key, scope) for stream, key, scope in stated}
    key = ", ".join(f"`{name}`" for name in entity.keys) or "none"
    scope = f"`{entity.read_scope}`" if entity.read_scope else "any"
    as_in_new_zealand = entity.stream.replace("payroll_uk_", "payroll_nz_")

    assert rows.get(entity.stream, rows.get(as_in_new_zealand)) == (key, scope)


def test_the_readme_names_all_fields_with_personal_data():
    table = OF_TAP.partition("| streams | fields |\n| --- | --- |\n")[2].partition("\n\n")[0]
    stated = {
        stream: frozenset(re.findall(r"`(\w+)`", fields))
        for streams, fields in re.findall(r"^\| (.+) \| (.+) \|$", table, re.MULTILINE)
        for stream in re.findall(r"`(\w+)`", streams)
    }

    assert stated == {
        entity.stream: entity.personal for entity in OTHER_ENTITIES if entity.personal
    }


def test_the_table_of_settings_has_every_setting():
    command = [Path(sys.executable).parent / "tap-xero", "--about", "--format", "json"]
    about = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    names = [name for name in about["settings"]["properties"] if not SDK.match(name)]

    assert first_cells(OF_TAP, "| setting |") == names


@pytest.mark.parametrize("readme", ["README.md", "tap-xero/README.md", "docs/architecture.md"])
def test_links_lead_somewhere(readme):
    text = (ROOT / readme).read_text("utf-8")
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", text)

    assert targets
    assert [path for path in targets if not ((ROOT / readme).parent / path).exists()] == []
