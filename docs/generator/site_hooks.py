"""Hooks of the docs site: the program that draws its diagrams is a part of the site.

Otherwise the pages with diagrams would load Mermaid from another server. It comes from npm
(`requirements/npm`); in a site that was built without npm, browsers still load it from there.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

SCRIPT = Path(".tools/npm/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js")
PLACE = "assets/mermaid.js"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds Mermaid to the files of the site."""
    path = Path(config.config_file_path).parent / SCRIPT
    if path.exists():
        files.append(File.generated(config, PLACE, abs_src_path=str(path)))
    return files


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Loads Mermaid on a page with diagrams."""
    has_script = (Path(config.config_file_path).parent / SCRIPT).exists()
    if 'class="mermaid"' not in output or not has_script:
        return output
    script = f'<script src="{get_relative_url(PLACE, page.url)}"></script>'
    return output.replace("</head>", f"{script}</head>", 1)
