"""The type of a decoded JSON value."""

from __future__ import annotations

from typing import Any, TypeAlias

# Decoded JSON: an object, a list, a text, a number, a boolean or null. The type checker cannot tell
# them apart, so the code that reads a value checks what it is.
Json: TypeAlias = Any
