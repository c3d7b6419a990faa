"""The pages of settings, from `--about`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markdown_text import HEADER, code, output_of, table, text_of

OF_SDK = ("stream_map", "faker", "flattening", "batch_config", "validate_records")


def settings_page(program: str) -> str:
    """The settings of a plugin."""
    properties = settings_of(program)
    prefix = program.upper().replace("-", "_")
    own = {name: schema for name, schema in properties.items() if not name.startswith(OF_SDK)}
    rows = (
        [code(name), kind_of(schema), default_of(schema), text_of(schema)]
        for name, schema in own.items()
    )
    others = ", ".join(code(name) for name in properties if name not in own)
    return (
        f"# Settings of {program}\n\n{HEADER}"
        f"The variable of a setting is `{prefix}_` and its name in capitals. `--config ENV` reads "
        "the variables.\n\n"
        f"{table(['setting', 'type', 'default', 'meaning'], rows)}\n"
        f"singer-sdk adds {others}; `{program} --about` describes them.\n"
    )


def settings_table(program: str) -> str:
    """The settings of a plugin that are its own, for its README."""
    rows = (
        [code(name), default_of(schema) or "-", text_of(schema)]
        for name, schema in settings_of(program).items()
        if not name.startswith(OF_SDK)
    )
    return table(["setting", "default", "meaning"], rows)


def settings_of(program: str) -> Mapping[str, Mapping[str, Any]]:
    """The JSON Schema of each setting, as a program tells it."""
    about = json.loads(output_of(program, "--about", "--format", "json"))
    properties: Mapping[str, Mapping[str, Any]] = about["settings"]["properties"]
    return properties


def kind_of(schema: Mapping[str, Any]) -> str:
    """The type of a setting, or its values."""
    if "enum" in schema:
        return ", ".join(code(value) for value in schema["enum"] if value is not None)
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(kind for kind in types if kind != "null")


def default_of(schema: Mapping[str, Any]) -> str:
    """The default of a setting, as JSON without the quotes of a text."""
    default = schema.get("default")
    if default is None:
        return ""
    return code(default if isinstance(default, str) else json.dumps(default))
