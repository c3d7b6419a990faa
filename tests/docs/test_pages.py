"""The pages of the docs site: their commands are run, and what they show is what comes out.

A page is run from top to bottom, in one shell and one folder, against a sandbox of its own:

- a block with a title is a file, which is written before the first command;
- the lines of a block `sh` are commands, of which each must succeed;
- the lines of a block `text` must be in what the commands before it printed; `…` stands for
  anything.
"""

import contextlib
import os
import re
import runpy
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from loaders import tool
from ports import free_port

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TOOLS_OF_PAGES = ("tap-csv-folder", "tap-jsonl", "target-duckdb", "dbt", "meltano")
BLOCK = re.compile(r'^( *)```(\w+)(?: title="([^"]+)")?\n(.*?)^\1```$', re.MULTILINE | re.DOTALL)
PAGES = sorted(page for page in DOCS.rglob("*.md") if "```sh" in page.read_text("utf-8"))
# `make` is only checked: this project's environments are what the tests run in.
PRELUDE = """
set -euo pipefail
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
make() { command make --dry-run "$@" >/dev/null; }
wait_for_sandbox() {
    for _ in $(seq 600); do
        if (: </dev/tcp/127.0.0.1/PORT) 2>/dev/null; then return; fi
        sleep 0.1
    done
    echo "the sandbox did not start" >&2
    return 1
}
"""
# Some pages load and copy a whole company, which takes a minute on an idle machine.
SECONDS = 560


@dataclass(frozen=True)
class Block:
    """A block of code on a page: its language, the file that it is, and its text."""

    language: str
    file: str
    text: str


def blocks_of(page):
    found = BLOCK.findall(page.read_text("utf-8"))
    return [
        Block(language, file, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE))
        for indent, language, file, text in found
    ]


def shell_of(blocks, port):
    """The commands of a page as one script, with a line after each block that numbers it."""
    parts = [PRELUDE.replace("PORT", str(port))]
    for number, block in enumerate(blocks):
        if block.language != "sh":
            continue
        commands = re.sub(
            r"^(\S*xero-sandbox serve)(.*)&$",
            rf"\1 --port {port}\2>sandbox.log & wait_for_sandbox",
            block.text,
            flags=re.MULTILINE,
        )
        commands = commands.replace(":8000/", f":{port}/")
        parts.append(f"{commands}\necho '@@ {number}'\n")
    return "".join(parts)


def checkout(folder):
    """A folder with the files of this repository, in which a page can leave its own."""
    left_out = {"output", "site", ".git", ".meltano"}
    for path in ROOT.iterdir():
        if path.name not in left_out and path.suffix not in {".db", ".duckdb", ".jsonl"}:
            (folder / path.name).symlink_to(path)
    (folder / "examples").unlink()


def pattern_of(line):
    return r".*".join(re.escape(part) for part in line.strip().split("…"))


def output_of(script, folder, environment):
    """The exit code and the output of a script; no process of it is left at the end."""
    with (folder / "page.log").open("w+") as log:
        shell = subprocess.Popen(
            ["/bin/bash", "-c", script],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            code = "not ended in time"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        log.seek(0)
        return code, log.read()


@pytest.mark.timeout(SECONDS + 20)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_commands_of_a_page_do_what_it_says(page, tmp_path):
    for name in TOOLS_OF_PAGES:
        tool(name, "python")
    port = free_port()
    blocks = blocks_of(page)
    checkout(tmp_path)
    (tmp_path / "examples").mkdir()
    for path in (ROOT / "examples").rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(path.read_text("utf-8").replace(":8000/", f":{port}/"), "utf-8")
    for block in blocks:
        if block.file:
            file = tmp_path / block.file
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text.replace(":8000/", f":{port}/"), "utf-8")
    environment = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("TAP_XERO_", "TARGET_XERO_", "XERO_", "MELTANO_"))
    }
    environment |= {
        "HOME": str(tmp_path),
        "DBT_TARGET_PATH": str(tmp_path / "dbt"),
        "DBT_LOG_PATH": str(tmp_path / "dbt"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "NO_COLOR": "1",
    }

    code, shown = output_of(shell_of(blocks, port), tmp_path, environment)

    assert code == 0, shown[-3000:]
    printed = ""
    for number, block in enumerate(blocks):
        if block.language == "sh":
            printed = shown.partition(f"@@ {number}\n")[0]
        elif block.language == "text" and not block.file:
            for line in filter(str.strip, block.text.splitlines()):
                assert re.search(pattern_of(line), printed), f"{line}\n--\n{printed[-3000:]}"


def test_the_reference_is_what_make_reference_writes():
    files = runpy.run_path(str(DOCS / "generator"))["files"]()

    assert {file: (ROOT / file).read_text("utf-8") for file in files} == files, (
        "run `make reference`"
    )


def test_every_page_is_in_the_navigation():
    # The site's own keys begin with `!`, which is for its builder alone.
    text = re.sub(r"!!python/name:\S+|!ENV", "", (ROOT / "mkdocs.yml").read_text("utf-8"))

    def pages_in(entry):
        if isinstance(entry, str):
            return [entry]
        inside = entry.values() if isinstance(entry, dict) else entry
        return [page for each in inside for page in pages_in(each)]

    listed = pages_in(yaml.safe_load(text)["nav"])
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))
