"""How messages name a value, and what text from outside becomes before it is shown."""

from __future__ import annotations

import pytest

from auditlib.cli.messages import show_problems
from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import form_of, named, printable, without_secrets, without_values
from auditlib.evidence.databases.addresses import Address, address_of
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

WORD = "hunter2-S3cret"


@pytest.mark.parametrize(
    "said",
    [
        f"postgresql://me:{WORD}@host/db",
        f"'mysql://me:a/{WORD}@b@host/db' cannot stand here",
        f"DRIVER={{ODBC 18}};UID=me;PWD={WORD};SERVER=host",
        f"Driver=x;Pwd={{a;}}}}{WORD}}};Uid=me",
        f"ATTACH 'host=db password={WORD} user=me' AS p (TYPE postgres)",
        f"ATTACH 'host=db password=\\'{WORD}' AS p",
        f'{{"password": "{WORD}", "user": "me"}}',
        f"https://host/x?user=me&access_token={WORD}&y=1",
        f"AccountName=a;AccountKey={WORD};EndpointSuffix=b",
        f"client_secret: {WORD}",
        f"AWS_SECRET_ACCESS_KEY={WORD}",
    ],
)
def test_no_message_repeats_a_password(said: str) -> None:
    assert WORD not in without_secrets(said)
    assert WORD not in named(said)
    assert WORD not in str(Problem(said, file=said, column=said, remedy=said))


@pytest.mark.parametrize(
    "said",
    [
        "Set it to the address of the database, for example postgresql://user:password@host/database.",
        "the database refuses the user or the password in SHOP_DB.",
        "Write to ada at https://a.example/b: a token is a word",
        "the pass mark must be at least 0.8; found the number 3.",
        "a: b; key: value; 12:30",
    ],
)
def test_what_is_no_password_stays(said: str) -> None:
    assert without_secrets(said) == said
    assert Problem(said).message == said


def test_a_named_value_is_short_and_its_signs_can_be_seen() -> None:
    assert named("x" * 60) == repr("x" * 60)
    assert named("x" * 61) == repr("x" * 60) + " ..."
    assert named("a\x1b[2J\u202eb") == r"'a\x1b[2J\u202eb'"
    assert named(12.5) == "12.5"
    assert named("Ana O'Hara") == repr("Ana O'Hara")


@pytest.mark.parametrize("key", ["password", "connection", "API_KEY", "client_secret", "DB_PASSWD"])
def test_what_stands_under_a_key_for_secrets_is_not_repeated(key: str) -> None:
    assert named(WORD, of=key) == "a text that is not repeated here (its length: 14)"
    assert named(WORD, of="relation") == repr(WORD)


def test_a_problem_has_no_sign_that_steers_a_terminal() -> None:
    assert str(Problem("a\x1b[2J\u202eb", "f\x07.csv")) == "f\ufffd.csv: a\ufffd[2J\ufffdb"


@pytest.mark.parametrize(
    "sign", ["\x00", "\x08", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\ufffe", "\ud800", "\U000e0041"]
)
def test_signs_that_cannot_be_seen_become_one_that_can(sign: str) -> None:
    assert printable(f"a{sign}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    [
        "a\nb\tc",
        "M\u00fcller",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f469",
        "\u05d0\u200f",
    ],
)
def test_signs_of_writing_stay(text: str) -> None:
    assert printable(text) == text


def test_the_form_of_a_cell_has_none_of_its_letters_and_digits() -> None:
    assert form_of("Zo\u00eb 078-05-1120, e\u0301") == "aaa 999-99-9999, a"
    assert form_of("x" * 61) == "a" * 60 + " ..."


def test_values_of_variables_are_named_by_their_variables() -> None:
    held = {"A": "abc", "B": "abcdef", "C": ""}
    assert without_values("abcdef and abc", held) == "[B] and [A]"


@pytest.mark.parametrize("variable", ["SHOP_PASSWORD", "AWS_SECRET_ACCESS_KEY", "MY_TOKEN"])
def test_the_terminal_never_shows_what_a_variable_for_secrets_holds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.setenv(variable, "blue sky")
    monkeypatch.setenv("SHOP_DB", "mysql://me:grass@host/db")
    monkeypatch.setenv("HOME_TOWN", "green field")
    show_problems([Problem("blue sky at mysql://me:grass@host/db", remedy="See green field.")])
    shown = " ".join(capsys.readouterr().err.split())
    assert "blue sky" not in shown
    assert "grass" not in shown
    assert f"[{variable}]" in shown
    assert "green field" in shown


RUN = """
audit: a
party: {name: P}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
sources:
  - {table: units, form: database, database: {connection: CONNECTION, relation: units}, columns: {unit_id: u}}
notebooks: {01_intake: {}}
"""


@pytest.mark.parametrize(
    "connection", [f"postgresql://me:{WORD}@host/db", f"'{WORD}!'", "[hunter2-S3cret]", "48151623"]
)
def test_a_run_file_with_the_password_in_place_of_the_variable_is_refused_without_it(connection: str) -> None:
    with pytest.raises(ParameterError) as refused:
        load(Run, RUN.replace("CONNECTION", connection), name="r.yaml")
    assert WORD not in str(refused.value)
    assert "48151623" not in str(refused.value)
    assert "'connection'" in str(refused.value)


def test_a_password_in_place_of_the_name_of_a_variable_is_not_repeated() -> None:
    with pytest.raises(ParameterError, match="that 'connection' names is not set") as refused:
        address_of("hunter2S3cret")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("address", [WORD, f"{WORD}://", f"{WORD}://host", f"me:{WORD}"])
def test_a_variable_that_holds_only_a_password_is_refused_without_it(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("SHOP_DB", address)
    with pytest.raises(ParameterError, match="SHOP_DB holds what is none of a database") as refused:
        address_of("SHOP_DB")
    assert WORD not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [f"postgresql://{WORD}", f"mysql://me@{WORD}:1/x", f"mysql://h/{WORD}", f"mysql://h/d?ssl_ca={WORD}"],
)
def test_what_a_driver_says_repeats_no_part_of_the_address(address: str) -> None:
    told = Address("V", "mysql", address).redacted(f'could not translate host name "{WORD}" for {WORD}.')
    assert told == ' (could not translate host name "..." for ....)'
