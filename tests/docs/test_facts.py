"""The citations of docs/xero-facts.md in the code name sections that exist."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.fast

ROOT = Path(__file__).parent.parent.parent
FACTS = (ROOT / "docs/xero-facts.md").read_text("utf-8")
SECTIONS = {heading.partition(" [")[0] for heading in re.findall(r"^#+ (.+)$", FACTS, re.MULTILINE)}
PACKAGES = ["tap-xero", "target-xero", "xero-client", "xero-fleet", "xero-sandbox"]
# A citation may be wrapped, with the comment sign of the next line inside.
CITATION = re.compile(r"\(xero-facts\.md:\s+([^)]+)\)")


def cited_in(text):
    text = re.sub(r"\s*\n\s*(# )?", " ", text)
    found = set()
    for cited in CITATION.findall(text):
        # Some names have a comma inside.
        whole = {section for section in SECTIONS if ", " in section and section in cited}
        rest = cited
        for section in whole:
            rest = rest.replace(section, "")
        found |= whole | set(filter(None, re.split(r"[,;]\s*", rest)))
    return found


def test_every_citation_names_a_section():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    cited = {path: cited_in(path.read_text("utf-8")) for path in files}

    assert sum(map(len, cited.values())) > 50
    unknown = {str(path): names - SECTIONS for path, names in cited.items() if names - SECTIONS}
    assert unknown == {}
