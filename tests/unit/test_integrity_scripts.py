"""Phrases are looked for only where comments are written in letters of a language that has some."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from test_integrity import of, policy, run, suppressed

from auditlib.integrity import IntegrityPolicy, IntegrityResult, SignStrength, estimate
from auditlib.integrity.observed import mostly_unread, words_pattern
from auditlib.integrity.scripts import read_in, unread
from auditlib.parameters.load import load
from company import SurveyTables

ROOT = Path(__file__).parents[2]
LATE = "対応が遅いです。OK"


def written(comment: str, *, share: float, languages: tuple[str, ...]) -> IntegrityResult:
    """The company with so many of its comments in other words, looked at with phrases in few languages."""
    held = dict(suppressed().held)
    rows: pd.DataFrame = held["responses"].copy()
    wrote = rows.index[rows["comment"].notna()]
    rows.loc[wrote, "comment"] = "All well."
    rows.loc[wrote[: int(share * len(wrote))], "comment"] = comment
    words = {language: policy().words[language] for language in languages}
    chosen = policy().model_copy(update={"words": words})
    return estimate(SurveyTables(held | {"responses": rows}), run(), chosen)


def test_comments_in_other_letters_are_not_said_to_show_nothing() -> None:
    begging = of(written(LATE, share=1.0, languages=("en", "de")), "begging")
    assert begging.sign is SignStrength.NOT_RUN
    assert begging.reason.startswith("There are no phrases in the language of the comments")
    assert "other letters than Latin ones" in begging.reason


def test_phrases_in_their_language_are_looked_for() -> None:
    begging = of(written(LATE, share=1.0, languages=("en", "ja")), "begging")
    assert "no phrases" not in begging.reason


@pytest.mark.parametrize(("share", "looked"), [(0.45, True), (0.55, False)])
def test_most_comments_decide(share: float, *, looked: bool) -> None:
    begging = of(written(LATE, share=share, languages=("en",)), "begging")
    assert ("no phrases" not in begging.reason) is looked


@pytest.mark.parametrize(("unknown", "mostly"), [(5, False), (6, True)])
def test_sums_are_read_as_every_engine_gives_them(unknown: int, *, mostly: bool) -> None:
    for kind in (int, float, Decimal):
        daily = pd.DataFrame({"unread": [kind(unknown), kind(0)], "comments": [kind(7), kind(3)]})
        assert mostly_unread(daily) is mostly


@pytest.mark.parametrize(
    ("languages", "comment", "strange"),
    [
        (("en",), "Ça va, merci", False),
        (("en",), "対応が遅い OK", True),
        (("en",), "12345 !", False),
        (("ja",), "対応が遅い OK", False),
        (("ja",), "too slow", True),
        (("en", "ja"), "Очень плохо", True),
        (("ru",), "Очень плохо", False),
        (("zh",), "ありがとう", True),
        (("en", "ja"), "漢字", False),
    ],
)
def test_what_is_written_in_letters_of_no_language(
    languages: tuple[str, ...], comment: str, *, strange: bool
) -> None:
    letters, known = unread(languages)
    unknown = bool(re.search(letters, comment)) and not (known and re.search(known, comment))
    assert unknown is strange


def test_scripts_of_languages() -> None:
    everything = ["en", "ja", "ko", "ru", "el", "ar", "he", "th", "hi"]
    assert not re.search(unread(everything)[0], "Очень плохо 対応 OK")
    assert read_in(["en", "pt", "ja"]) == {"Latin", "Japanese", "Chinese"}


@pytest.mark.parametrize(
    ("comment", "quoted"),
    [
        ("担当者に満点をつけてほしいと言われた", True),
        ("高評価をお願いしますと電話があった", True),
        ("高評価です", False),
        ("A funcionária pediu nota  máxima.", True),
        ("Dei a nota máxima com gosto.", False),
    ],
)
def test_portuguese_and_japanese_phrases(comment: str, *, quoted: bool) -> None:
    text = (ROOT / "params/policies/integrity.yaml").read_text(encoding="utf-8")
    pattern = words_pattern(load(IntegrityPolicy, text, name="integrity.yaml"))
    assert bool(re.search(pattern, comment.lower())) is quoted
