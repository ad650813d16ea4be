"""The answer on first-contact resolution: in words, with its tables, cases and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditlib.records import Finding, Number, Sentence
from auditlib.service_levels.first_contact import facts, statements
from auditlib.service_levels.first_contact.findings import findings_of
from auditlib.service_levels.first_contact.result import Disagreement, FirstContactResolution, Witness
from auditlib.statements import Answer, Exhibit
from auditlib.statements.formats import QUOTED
from auditlib.time.epoch import HOUR, date_of

_ENDS = {
    "share_least": "At least",
    "share_most": "At most",
    "net_least": "Net, at least",
    "net_most": "Net, at most",
}
_LABELS = {
    "window": "Days",
    "witness": "Source",
    "title": "Resolved at first contact by",
    "share": "Gross",
    "share_n": "First contacts",
    "share_low": "Lower limit",
    "share_high": "Upper limit",
    "net": "Net",
    "net_n": "Of these for the first level",
    "net_low": "Net, lower limit",
    "net_high": "Net, upper limit",
    **_ENDS,
}
_UNITS = {
    "window": "id",
    **dict.fromkeys(("share", "net", "share_low", "share_high", "net_low", "net_high", *_ENDS), "share"),
    **dict.fromkeys(("share_n", "net_n"), "cases"),
}
_CASE = (
    "interaction_id", "unit_id", "offered_on", "contradiction",
    "back_after_hours", "before_end_hours", "source",
)  # fmt: skip
_CONTRADICTED = {"window": "Days", "contradiction": "Contradiction", "title": "What contradicts what"}


@dataclass(frozen=True, eq=False, repr=False)
class FirstContactAnswer(Answer[FirstContactResolution]):
    """First-contact resolution by what followed, by the party's mark and by what customers say."""

    def numbers(self) -> tuple[Number, ...]:
        """Return every share with its ends, and what was left out."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the three shares, and how far they hang on the window."""
        return tuple(statements.summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return marks that are contradicted beyond what chance explains."""
        return findings_of(self.result)

    def contradicted(self) -> tuple[Sentence, ...]:
        """Return where the sources contradict each other, and what of it chance explains."""
        return tuple(statements.contradicted(self.result, self.facts))

    def by_group(self) -> tuple[Sentence, ...]:
        """Return how the groups and the cases are to be read."""
        return tuple(statements.by_group(self.result, self.facts))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it rests on."""
        return self.result.tables

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary()[:1])

    def shares(self) -> Exhibit:
        """Return the three shares side by side, for every window."""
        frame = self.to_frame()
        frame.insert(2, "title", [statements.WITNESSES[Witness(name)] for name in frame["witness"]])
        frame = frame[frame["share"].notna()].dropna(axis=1, how="all").reset_index(drop=True)
        return Exhibit(
            frame,
            "First-contact resolution by three sources",
            ("window", "witness"),
            facts.BASIS,
            tuple(self.facts),
            units=_UNITS,
            labels=_LABELS,
            caption="By the mark: of the first contacts that bear one. Who was never answered bears none.",
        )

    def contradictions(self) -> Exhibit:
        """Return how many contacts two sources contradict each other on, for every window."""
        import pandas as pd

        rows = [
            {
                "window": str(window.days),
                "contradiction": str(entry.kind),
                "title": statements.disagreement(entry.kind, window.days),
                "contacts": entry.contacts,
                "of": entry.of,
                "share": entry.contacts / entry.of,
            }
            for window in self.result.windows
            for entry in window.disagreements
        ]
        return Exhibit(
            pd.DataFrame(rows, columns=["window", "contradiction", "title", "contacts", "of", "share"]),
            "Where the three contradict each other",
            ("window", "contradiction"),
            facts.BASIS,
            self._contradicting(),
            units={"window": "id", "title": QUOTED, "contacts": "cases", "of": "cases"},
            labels=_CONTRADICTED,
        )

    def _contradicting(self) -> tuple[Number, ...]:
        """Return the counts of contradictions under the names of the columns that show them."""
        rows = [(window, entry) for window in self.result.windows for entry in window.disagreements]
        return tuple(
            replace(
                self.facts[f"{before}{entry.kind}:{window.days}"],
                key=f"{column}:{window.days}:{entry.kind}",
            )
            for window, entry in rows
            for before, column in (("", "contacts"), ("of_", "of"))
        )

    def groups(self) -> Exhibit:
        """Return first-contact resolution by channel and by matter."""
        import pandas as pd

        rows: list[dict[str, Any]] = [
            {
                "kind": group.kind,
                "group": group.title,
                "share": group.share.value,
                "low": group.share.interval.low,
                "high": group.share.interval.high,
                "n": group.share.n,
            }
            for group in self.result.groups
        ]
        return Exhibit(
            pd.DataFrame(rows),
            "First-contact resolution by channel and kind of matter",
            ("kind", "group"),
            facts.BASIS,
            tuple(self.facts),
            labels={"kind": "By", "group": "Channel or matter"},
            units={"n": "cases"},
        )

    def cases(self, each: int) -> Exhibit:
        """Return the first contacts of each contradiction.

        Parameters
        ----------
        each
            Most that are listed of one kind.
        """
        import pandas as pd

        cases = self.result.cases
        chosen = pd.DataFrame() if cases is None else cases.groupby("kind", sort=False).head(each)
        rows = [_case(row, self.result.rule.days) for row in chosen.to_dict("records")]
        frame = pd.DataFrame(rows, columns=_CASE)
        if not frame["before_end_hours"].notna().any():
            frame = frame.drop(columns="before_end_hours")
        return Exhibit(
            frame,
            "Contacts on which the sources contradict each other",
            ("interaction_id", "contradiction"),
            facts.BASIS,
            units={
                "back_after_hours": "hours",
                "before_end_hours": "hours",
                "offered_on": "id",
                "contradiction": QUOTED,
            },
            labels={
                "offered_on": "Offered on",
                "back_after_hours": "Next contact after (hours)",
                "before_end_hours": "Next contact before its end (hours)",
            },
        )


def _case(row: Mapping[Any, Any], days: int) -> dict[str, Any]:
    """Return a case as a row of its table, with `_CASE`; a next contact is after its end or before it."""
    from pandas import isna

    silence = None if isna(row["until_next"]) else int(row["until_next"])
    return {
        "interaction_id": row["interaction_id"],
        "unit_id": row["unit_id"],
        "offered_on": date_of(int(row["day"])).isoformat(),
        "contradiction": statements.contradiction(Disagreement(row["kind"]), days, silence),
        "back_after_hours": None if silence is None or silence < 0 else silence / HOUR,
        "before_end_hours": None if silence is None or silence >= 0 else -silence / HOUR,
        "source": f"{row['source_file']}:{row['source_line']}",
    }
