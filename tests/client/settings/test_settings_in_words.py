"""Both programs: settings from files and variables, and mistakes in them, which end in words."""

import json
import os
import subprocess

import pytest
from click.testing import CliRunner
from copy_pair import completed_process
from target_runner import TARGET, config_in, lines_in, lines_of, record, schema

from tap_runner import TAP, own_logging, settings_for
from tap_xero.tap import TapXero
from target_xero.target import TargetXero

MESSAGES = [schema("contacts", "Name"), record("contacts", Name="Ana")]


def variables(prefix, settings):
    return {
        f"{prefix}{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }


def ran(program, *arguments, **environ):
    """Runs a program's command in this process."""
    given = lines_of(MESSAGES) if program is TargetXero else b""
    with own_logging() as log:
        result = CliRunner().invoke(program.cli, arguments, input=given, env=environ)
    return completed_process(result, log.getvalue())


def with_variables(program, folder, xero, **texts):
    if program is TargetXero:
        known = variables("TARGET_XERO_", config_in(folder, xero))
        return ran(program, "--config", "ENV", **known, **texts)
    known = variables("TAP_XERO_", settings_for(xero))
    return ran(program, "--config", "ENV", "--discover", **known, **texts)


def refused(done, *texts):
    """The last line says what is wrong, without a traceback, and nothing was done."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    for text in texts:
        assert text in last
    assert done.stdout == ""


PROGRAMS = {"TAP_XERO_": TapXero, "TARGET_XERO_": TargetXero}
BOTH = pytest.mark.parametrize("prefix", PROGRAMS)


@BOTH
@pytest.mark.parametrize(("name", "text"), [("MAX_CONCURRENCY", "abc"), ("STREAMS", "{bad")])
def test_a_variable_that_cannot_mean_its_setting_is_named(tmp_path, xero, prefix, name, text):
    done = with_variables(PROGRAMS[prefix], tmp_path, xero, **{prefix + name: text})
    refused(done, f"The variable {prefix}{name} is {text!r}; set it to ")
    assert xero.log == []


@pytest.mark.parametrize("text", ["maybe", "2"])
def test_nothing_is_written_where_dry_run_means_neither_yes_nor_no(tmp_path, xero, text):
    done = with_variables(TargetXero, tmp_path, xero, TARGET_XERO_DRY_RUN=text)
    refused(done, "TARGET_XERO_DRY_RUN", text)
    assert xero.records("Contacts") == []


@pytest.mark.parametrize(
    ("text", "status"),
    [("TRUE", "dry_run"), ("Off", "created"), ("", "created")],
)
def test_what_variables_say_is_done(tmp_path, xero, text, status):
    done = with_variables(
        TargetXero, tmp_path, xero,
        TARGET_XERO_DRY_RUN=text, TARGET_XERO_BATCH_SIZE="", TARGET_XERO_STREAMS="",
        TARGET_XERO_REQUEST_TIMEOUT="1.5", TARGET_XERO_MAX_CONCURRENCY=" 2 ",
        TARGET_XERO_TENANT_ID="",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [result["status"] for result in lines_in(tmp_path / "results.jsonl")] == [status]


def test_an_object_in_a_variable_counts_and_wins_over_the_file(tmp_path, xero):
    config = config_in(tmp_path, xero, streams={"contacts": {"method": "DELETE"}})
    (tmp_path / "config.json").write_text(json.dumps(config))
    streams = '{"contacts": {"payload": {"FirstName": "A"}}}'
    done = ran(TargetXero, "--config", str(tmp_path / "config.json"), "--config", "ENV",
               TARGET_XERO_STREAMS=streams)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [contact["FirstName"] for contact in xero.records("Contacts")] == ["A"]


def test_a_list_in_a_variable_may_be_json_or_have_commas(tmp_path, xero):
    ids = ["00000000-1111-2222-3333-444444444444", "00000000-1111-2222-3333-555555555555"]
    for text in (json.dumps(ids), ", ".join(ids)):
        known = variables("TAP_XERO_", settings_for(xero))
        done = ran(TapXero, "--config", "ENV", **known, TAP_XERO_TENANT_IDS=text)
        refused(done, *ids)


@BOTH
@pytest.mark.parametrize(
    ("content", "text"),
    [(None, "No such file"), ("{bad", "cannot be read"), ("[]", "is not a JSON object"),
     (b"\xff\xfe", "cannot be read")],
)  # fmt: skip
def test_a_file_that_is_no_configuration_is_named(tmp_path, prefix, content, text):
    if isinstance(content, str):
        (tmp_path / "bad.json").write_text(content)
    elif content is not None:
        (tmp_path / "bad.json").write_bytes(content)
    refused(ran(PROGRAMS[prefix], "--config", str(tmp_path / "bad.json")), "bad.json", text)


@BOTH
def test_a_value_of_the_wrong_type_in_a_file_is_named_in_the_last_line(tmp_path, xero, prefix):
    (tmp_path / "bad.json").write_text(json.dumps(settings_for(xero, max_concurrency="7")))
    refused(ran(PROGRAMS[prefix], "--config", str(tmp_path / "bad.json")), "'7'", "max_concurrency")


@BOTH
def test_a_fraction_in_a_file_is_a_number(tmp_path, xero, prefix):
    own = config_in(tmp_path, xero) if prefix == "TARGET_XERO_" else settings_for(xero)
    (tmp_path / "config.json").write_text(json.dumps(own | {"request_timeout": 2.5}))
    more = [] if prefix == "TARGET_XERO_" else ["--test"]
    done = ran(PROGRAMS[prefix], "--config", str(tmp_path / "config.json"), *more)
    assert done.returncode == 0, done.stderr


@BOTH
def test_a_configuration_may_come_through_a_pipe(tmp_path, xero, prefix):
    (tmp_path / "input").write_bytes(lines_of(MESSAGES))
    is_target = prefix == "TARGET_XERO_"
    own = config_in(tmp_path, xero) if is_target else settings_for(xero)
    more = ["--input", "input"] if is_target else ["--test"]
    command = [str(TARGET if is_target else TAP), "--config", "/dev/stdin", *more]
    done = subprocess.run(command, input=json.dumps(own).encode(), cwd=tmp_path,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


@BOTH
@pytest.mark.parametrize("is_below", [False, True])
def test_the_file_env_sets_the_variables_that_are_not_set(tmp_path, xero, prefix, is_below):
    is_target = prefix == "TARGET_XERO_"
    own = config_in(tmp_path, xero) if is_target else settings_for(xero)
    settings = variables(prefix, own | {"max_concurrency": "of the file"})
    text = "".join(f"{name}='{value}'\n" for name, value in settings.items())
    (tmp_path / ".env").write_text(text)
    folder = tmp_path / "below" if is_below else tmp_path
    folder.mkdir(exist_ok=True)
    command = [str(TARGET if is_target else TAP), "--config", "ENV"]
    environ = os.environ | {f"{prefix}MAX_CONCURRENCY": "3"}
    done = subprocess.run([*command] if is_target else [*command, "--test"], env=environ,
                          input=lines_of(MESSAGES), cwd=folder, capture_output=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert xero.log != []


@BOTH
def test_a_byte_order_mark_before_a_configuration_is_ignored(tmp_path, prefix):
    path = tmp_path / "config.json"
    path.write_text('{"max_concurrency": "of the file"}', encoding="utf-8-sig")
    refused(ran(PROGRAMS[prefix], "--config", str(path)), "of the file")


@BOTH
def test_a_file_env_that_cannot_be_read_is_named(tmp_path, prefix, monkeypatch):
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe")
    monkeypatch.chdir(tmp_path)
    refused(ran(PROGRAMS[prefix], "--config", "ENV"), f"The file {tmp_path / '.env'} cannot be")


@BOTH
@pytest.mark.parametrize(
    "maps",
    [
        {"contacts": {"Name": "nope("}},
        {"__odd__": {}},
        {"__else__": "what"},
        {"contacts": {"__else__": "what"}},
    ],
)
def test_stream_maps_that_are_wrong_end_in_words(tmp_path, xero, prefix, maps):
    own = config_in(tmp_path, xero) if prefix == "TARGET_XERO_" else settings_for(xero)
    (tmp_path / "config.json").write_text(json.dumps(own | {"stream_maps": maps}))
    refused(ran(PROGRAMS[prefix], "--config", str(tmp_path / "config.json")), "'stream_maps'")
