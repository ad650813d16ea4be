"""What a notebook states, kept until it is written as one results file."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from auditlib.audit.fingerprint import identified
from auditlib.audit.libraries import libraries_loaded
from auditlib.audit.outgoing import Outgoing, Pairs, substituted
from auditlib.audit.rounding import plain
from auditlib.audit.suppression import Suppression
from auditlib.errors import AuditError, Problem
from auditlib.records import Finding, Number, Sentence

CAVEAT = ""
BODY = "body"
LIMITS = "limits"
IMPROVING = "improving"
"""Sections of sentences that read no exhibit; those of the body are said before there is one."""

_TEXTS = ("condition", "cause", "effect", "recommendation", "headline")
"""Parts of a finding that may state numbers."""
_STATED = re.compile(r"(?<![\w-])\d[\d,.]*%?(?![\w-])")


class Recorder:
    """Collects numbers, sentences, exhibits and findings of one notebook, and refuses orphans.

    Recording the same thing twice is no error, so that cells can be run again by hand; recording
    another value under a key that is taken is one.
    """

    def __init__(
        self, *, notebook: str, party: str, suppression: Suppression, outgoing: Outgoing | None = None
    ) -> None:
        self.notebook = notebook
        self._outgoing = outgoing or Outgoing()
        self._keys: dict[str, str] = {}
        self._changed: dict[str, Pairs] = {}
        self._party = party
        self.suppression = suppression
        self.numbers: dict[str, Number] = {}
        self.exhibits: dict[str, dict[str, Any]] = {}
        self.findings: dict[str, Finding] = {}
        self._answer: tuple[Sentence, ...] = ()
        self._sentences: dict[tuple[str, str], Sentence] = {}
        self._section = BODY
        self._verdict: dict[str, Any] = {}

    def number(self, *numbers: Number, pairs: Pairs | None = None) -> None:
        """Keep `numbers` as they may be shown, suppressed where they rest on too few observations.

        `pairs` holds values that their keys may name, and what is shown for them.
        """
        for number in numbers:
            outgoing, changed = self._outgoing.number(number, pairs or {})
            self._keys[number.key] = outgoing.key
            self._changed[outgoing.key] = changed
            self.keep(outgoing)

    def recorded_key(self, key: str) -> str:
        """Return the key that a number was kept under; empty where none was."""
        return self._keys.get(key, "")

    def key(self, key: str) -> str:
        """Return the key that a number was kept under."""
        return self._keys.get(key) or (key if key in self.numbers else self._outgoing.key(key, {}))

    def keep(self, *numbers: Number) -> None:
        """Keep numbers that are as they may be shown already."""
        for raw in numbers:
            finite = _finite(raw)
            number = self.suppression.disclosed(replace(finite, value=plain(finite.value)))
            recorded = self.numbers.setdefault(number.key, number)
            if recorded != number:
                raise AuditError(
                    Problem(
                        f"{self.notebook}: {number.key!r} was recorded as {recorded.value} and is now "
                        f"{number.value}, or rests on something else",
                        remedy="Give different numbers different keys, or open the audit again.",
                    )
                )

    def answer(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """Keep the answer of the notebook."""
        self._answer = tuple(self._cleaned(sentence) for sentence in sentences)
        return self._answer

    def say(self, sentences: Sequence[Sentence], *, section: str | None = None) -> tuple[Sentence, ...]:
        """Keep sentences that read the latest exhibit, or belong to `section`."""
        cleaned = tuple(self._cleaned(sentence) for sentence in sentences)
        place = self._section if section is None else section
        self._sentences.update({(place, sentence.text): sentence for sentence in cleaned})
        return cleaned

    def exhibit(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep an exhibit with its words as they may be shown; what is said next reads it.

        Raises
        ------
        AuditError
            Where a figure and a table have one id: the second would take the place of the first.
        """
        self._section = content["id"]
        before = self.exhibits.get(content["id"], content)
        if before["kind"] != content["kind"]:
            raise AuditError(
                Problem(
                    f"{self.notebook}: {content['id']!r} is a {before['kind']} and a {content['kind']}",
                    remedy="Give each exhibit its own id.",
                )
            )
        words = {
            part: self._outgoing.text(content[part])
            for part in ("title", "caption", "alt")
            if part in content
        }
        keys = tuple(dict.fromkeys(map(self.key, content["keys"])))
        self.exhibits[content["id"]] = {**content, **words, "keys": keys, "section": content["id"]}
        return self.exhibits[content["id"]]

    def finding(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Keep findings under their fingerprints."""
        raised = (identified(finding, party=self._party, notebook=self.notebook) for finding in findings)
        outgoing = tuple(self._bounded(self._outgoing_finding(finding)) for finding in raised)
        for raised_now in outgoing:
            if self.findings.setdefault(raised_now.fingerprint, raised_now) != raised_now:
                raise AuditError(
                    Problem(
                        f"{self.notebook}: two findings on {raised_now.subject!r} "
                        f"under {raised_now.criterion!r}",
                        remedy="Give each its own subject; a finding is known by criterion and subject.",
                    )
                )
        return outgoing

    def verdict(self, document: Mapping[str, Any]) -> None:
        """Keep the verdict by a standard; a notebook gives one.

        Raises
        ------
        AuditError
            Where another verdict was given before.
        """
        document = self._outgoing.document(document)
        if self._verdict and self._verdict != document:
            raise AuditError(
                Problem(
                    f"{self.notebook}: a verdict by {self._verdict['standard']} was already given",
                    remedy="Give the verdict of the audit; say a restatement in sentences.",
                )
            )
        self._verdict = dict(document)

    def document(self, *, question: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return everything recorded in the shape of ``auditlib/results@1``.

        Raises
        ------
        AuditError
            Where a sentence, exhibit or finding refers to a number that was not recorded, or a
            sentence states a number and refers to none.
        """
        from auditlib.audit.schema import SCHEMA, ResultsModel

        self._refuse_orphans()
        content = {
            "schema": SCHEMA,
            "notebook": self.notebook,
            "question": question,
            "parameters": dict(parameters),
            "answer": [asdict(sentence) for sentence in self._answer],
            "sentences": [
                {"section": section, **asdict(sentence)} for (section, _), sentence in self._sentences.items()
            ],
            "numbers": [
                asdict(self.suppression.explained(self.numbers[key])) for key in sorted(self.numbers)
            ],
            "exhibits": list(self.exhibits.values()),
            "findings": [
                {**asdict(finding), "grade": finding.grade.value} for finding in self.findings.values()
            ],
            "libraries": libraries_loaded(),
            **({"verdict": self._verdict} if self._verdict else {}),
        }
        document: dict[str, Any] = plain(content)
        ResultsModel.model_validate_json(json.dumps(document))
        return document

    def _refuse_orphans(self) -> None:
        sentences = (*self._answer, *self._sentences.values())
        problems = [
            *(
                _unknown(key, f"the sentence {sentence.text!r}")
                for sentence in sentences
                for key in self._missing(sentence.keys)
            ),
            *(
                _unstated(sentence)
                for sentence in sentences
                if not sentence.keys and _STATED.search(sentence.text)
            ),
            *(
                _unknown(key, f"exhibit {name!r}")
                for name, exhibit in self.exhibits.items()
                for key in self._missing(exhibit["keys"])
            ),
            *(
                _unknown(key, f"the finding on {finding.subject!r}")
                for finding in self.findings.values()
                for key in self._missing(self._local(finding))
            ),
        ]
        if problems:
            raise AuditError(*problems)

    def _cleaned(self, sentence: Sentence) -> Sentence:
        keys = tuple(self.key(key) for key in sentence.keys)
        outgoing = self._outgoing.text(substituted(sentence.text, self._replacements(keys)))
        text, keys_added = self.suppression.text(outgoing, keys)
        return replace(sentence, text=text, keys=tuple(dict.fromkeys((*keys, *keys_added))))

    def _outgoing_finding(self, finding: Finding) -> Finding:
        prefix = f"{self.notebook}/"
        local_keys = {
            key: self.key(key.removeprefix(prefix)) for key in finding.evidence if key.startswith(prefix)
        }
        outgoing = self._outgoing.finding(finding, self._replacements(local_keys.values()))
        evidence = tuple(
            f"{prefix}{local_keys[key]}" if key in local_keys else key for key in finding.evidence
        )
        return replace(outgoing, evidence=evidence)

    def _replacements(self, keys: Iterable[str]) -> Pairs:
        """Return the values that numbers rest on, and what is shown for them where that is another."""
        return {raw: outgoing for key in keys for raw, outgoing in self._changed.get(key, {}).items()}

    def _bounded(self, finding: Finding) -> Finding:
        """Return `finding` without the numbers that are held back; its fingerprint is of what was known."""
        keys = self._local(finding)
        texts = {name: self.suppression.text(getattr(finding, name), keys) for name in _TEXTS}
        keys_added = dict.fromkeys(f"{self.notebook}/{key}" for _, needed in texts.values() for key in needed)
        if not keys_added:
            return finding
        words: dict[str, Any] = {name: text for name, (text, _) in texts.items()}
        return replace(finding, **words, evidence=tuple(dict.fromkeys((*finding.evidence, *keys_added))))

    def _missing(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if key not in self.numbers]

    def _local(self, finding: Finding) -> list[str]:
        prefix = f"{self.notebook}/"
        return [key.removeprefix(prefix) for key in finding.evidence if key.startswith(prefix)]


def _finite(number: Number) -> Number:
    """Return `number` without what is no number in it, where the room says why there is none."""
    limits = (number.interval.low, number.interval.high) if number.interval else ()
    if _is_finite(number.value) and all(map(_is_finite, limits)):
        return number
    if not number.reason:
        values = ", ".join(map(str, (number.value, *limits)))
        raise AuditError(
            Problem(
                f"{number.key!r} is {values}, which is no number, and nothing says why",
                remedy="A number that cannot be had is None with a reason.",
            )
        )
    return replace(number, value=number.value if _is_finite(number.value) else None, interval=None)


def _is_finite(value: float | str | None) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _unknown(key: str, where: str) -> Problem:
    return Problem(f"{where} refers to {key!r}, which is not recorded", remedy="Record the number first.")


def _unstated(sentence: Sentence) -> Problem:
    return Problem(
        f"the sentence {sentence.text!r} states a number and names none",
        remedy="Give the keys of the numbers it states.",
    )
