"""What tests of settings entities in the sandbox share."""

import itertools

import pytest
from sandbox_caller import calling

NUMBERS = itertools.count(1)


ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def caller():
    with calling() as record:
        yield record


@pytest.fixture(scope="module")
def shared():
    with calling() as record:
        yield record


@pytest.fixture
def name():
    return f"Name {next(NUMBERS)}"


def send(caller, method, path, element=None, status=200):
    answer = caller.send(method, path, json=element)
    assert answer.status_code == status, answer.text
    if status == 204:
        assert not answer.content
        return None
    if status != 200:
        return answer.json()
    content = answer.json()
    key = next(key for key in content if isinstance(content[key], list))
    return content[key][0]
