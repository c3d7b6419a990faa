"""Writes values as JSON in every way in which a server may: escapes, spaces, repeated names."""

import json

from hypothesis import strategies as st

SPACES = ["", "", "", " ", "\n", "\r\n\t"]
# Surrogates without their other half, which are not characters.
HALVES = ["\\ud83d", "\\uDC00", "\\ud83d\\ud83d\\udcb0"]


def texts_of(values):
    """Texts of the values that a strategy makes."""
    return st.builds(text_of, values, st.randoms(use_true_random=False))


def text_of(value, random):
    if isinstance(value, dict):
        members = [(name, text_of(member, random)) for name, member in value.items()]
        if members and random.random() < 0.1:
            # Of a repeated name, the last value counts.
            members.insert(0, (random.choice(members)[0], random.choice(["null", '"x"', "1.5"])))
        written = [f"{quoted(name, random)}{space(random)}:{text}" for name, text in members]
        return spaced("{", written, "}", random)
    if isinstance(value, list):
        return spaced("[", [text_of(member, random) for member in value], "]", random)
    if isinstance(value, str):
        return quoted(value, random, halves=HALVES)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return f"{value}"


def spaced(start, parts, end, random):
    inner = ",".join(f"{space(random)}{part}{space(random)}" for part in parts)
    return f"{start}{inner}{end}"


def space(random):
    return random.choice(SPACES)


def quoted(text, random, halves=()):
    if random.random() < 0.6:
        return json.dumps(text, ensure_ascii=random.random() < 0.5)
    written = [escaped(character, random) for character in text]
    if halves and random.random() < 0.1:
        written.append(random.choice(halves))
    return f'"{"".join(written)}"'


def escaped(character, random):
    if random.random() < 0.3:
        # A character outside the basic plane is written as two halves.
        units = character.encode("utf-16-be")
        return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    return "\\/" if character == "/" else json.dumps(character)[1:-1]
