"""Writes the public address of this repository to where it is shown.

    python .ci/address.py https://github.com/OWNER/NAME [--for-registry]

`make address` is for the maintainers, who commit what it changes:

- `[project.urls]` in the `pyproject.toml` of the repository and of each package; `make plugins`
  takes the address for MeltanoHub from there;
- the badges in README.md;
- the address of the plugin definitions in docs/how-to/meltano-project.md.

A release runs it with `--for-registry` before it builds the packages. It then also changes links
from a package's README to other files of the repository, which lead nowhere on the registry.

It can be run again, also with another address. It needs nothing but Python.
"""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("xero-client", "tap-xero", "target-xero", "xero-fleet", "xero-sandbox")
ADDRESS = re.compile(r"https://[\w.-]+/[\w.-]+/[\w.-]+")
URLS = re.compile(r"\[project\.urls\]\n(?:.+\n)*\n")
KNOWN = re.compile(r'^Repository = "(.+)"$', re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(#[^)]*)?\)")
BADGES = re.compile(r"\n(?:\[!\[.*\n)+")
PLUGIN_DEFINITIONS = re.compile(r"\nWithout a checkout, .*\n")


def documentation(address: str) -> str:
    """The docs site, which the workflow `tests` publishes to GitHub Pages."""
    host, owner, name = address.removeprefix("https://").split("/")
    if host != "github.com":
        return f"{address}#readme"
    site = f"{owner.lower()}.github.io"
    return f"https://{site}/" if name.lower() == site else f"https://{site}/{name}/"


def with_urls(text: str, address: str) -> str:
    """A `pyproject.toml` with the urls of the project, before the next table of `[project]`."""
    urls = f"""[project.urls]
Repository = "{address}"
Documentation = "{documentation(address)}"
Changelog = "{address}/blob/main/CHANGELOG.md"
Issues = "{address}/issues"

"""
    text = URLS.sub("", text)
    head, table, rest = text.partition("\n[project.")
    if not table:
        head, table, rest = text.partition("\n[tool.")
    return f"{head}\n{urls.rstrip()}\n{table}{rest}"


def with_whole_links(text: str, address: str, folder: str) -> str:
    """A README whose links to other files of the repository have its address."""

    def whole(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link[1]))
        return f"]({address}/blob/main/{path}{link[2] or ''})"

    return LINK.sub(whole, text)


def with_badges(text: str, address: str) -> str:
    """README.md with badges below its title."""
    tests = f"{address}/actions/workflows/tests.yml"
    images = {f"[![tests]({tests}/badge.svg)]": tests}
    for name in ("singer-tap-xero", "singer-target-xero", "xero-sandbox"):
        version = f"https://img.shields.io/pypi/v/{name}?label={name}"
        images[f"[![{name}]({version})]"] = f"https://pypi.org/project/{name}/"
    badges = [f"{image}({target})" for image, target in images.items()]
    title, _, rest = BADGES.sub("", text, count=1).partition("\n")
    return "\n".join([title, "", *badges, rest])


def with_definitions(text: str, address: str) -> str:
    """The page on Meltano projects, with the address of the plugins' definitions."""
    definition = f"{address}/raw/main/plugins/from-ref/tap-xero.yml"
    sentence = f"\nWithout a checkout, add `--from-ref {definition}`, and likewise target-xero.\n"
    text = PLUGIN_DEFINITIONS.sub("", text)
    before, heading, after = text.partition("\nA loader that is on MeltanoHub")
    return f"{before}{sentence}{heading}{after}"


def write(address: str, *, for_registry: bool) -> None:
    """Writes the address into all files.

    Args:
        address: The address of the repository.
        for_registry: Whether the packages are built next.
    """
    earlier = KNOWN.search((ROOT / "pyproject.toml").read_text("utf-8"))

    def change(file: str, *changes: Callable[[str], str]) -> None:
        path = ROOT / file
        text = path.read_text("utf-8")
        if earlier:
            text = text.replace(f"{earlier[1]}/", f"{address}/")
        for each in changes:
            text = each(text)
        path.write_text(text, "utf-8")

    for folder in (".", *PACKAGES):
        change(f"{folder}/pyproject.toml", lambda text: with_urls(text, address))
    for folder in PACKAGES if for_registry else ():
        change(
            f"{folder}/README.md",
            lambda text, folder=folder: with_whole_links(text, address, folder),
        )
    change("README.md", lambda text: with_badges(text, address))
    change("docs/how-to/meltano-project.md", lambda text: with_definitions(text, address))


if __name__ == "__main__":
    options = [argument for argument in sys.argv[1:] if argument == "--for-registry"]
    given = [argument for argument in sys.argv[1:] if argument not in options]
    url = "".join(given).removesuffix("/").removesuffix(".git")
    if not ADDRESS.fullmatch(url):
        sys.exit("Give the address of the repository, such as https://github.com/OWNER/NAME")
    write(url, for_registry=bool(options))
