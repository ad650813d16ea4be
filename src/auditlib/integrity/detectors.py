"""The detectors: what each looks at, what it takes to be true if nothing is wrong, and what else fits.

Every detector turns counts into one change per unit, from before the link to after it; whether linked
units changed differently is then tested in one and the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.integrity.unit_changes import (
    Measure,
    complaints_diverge,
    heaping,
    invitations_fall,
    low_scores_missing,
    share,
    straight_lines,
    unhappy_not_asked,
)
from auditlib.statistics.changes import Alternative

POINTS, RATIO = "percentage points", "ratio"


@dataclass(frozen=True)
class Detector:
    """One detector.

    Parameters
    ----------
    key, title
        Short name, and the name in print.
    looks_at
        What is compared, in words; also names the levels shown.
    null
        The null model in words.
    innocent
        What else would look the same.
    alternative, effect
        Direction that counts as a sign, and the unit of the effect.
    level
        Unit of the levels before and after.
    needs, tables
        Counts it needs, and the tables they come from.
    measure
        Counts to changes.
    """

    key: str
    title: str
    looks_at: str
    null: str
    innocent: str
    alternative: Alternative
    effect: str
    level: str
    needs: tuple[str, ...]
    tables: tuple[str, ...]
    measure: Measure


_SAME_COURSE = "Without the link the units would have changed like those not linked"

DETECTORS: tuple[Detector, ...] = (
    Detector(
        "low_scores_missing",
        "Low scores missing",
        "odds of a low answer (a general rise allowed for)",
        "Satisfaction may rise or fall, but low and high answers move together (proportional odds).",
        "A fix that removed one kind of bad experience and touched nothing else.",
        "less",
        RATIO,
        "share",
        ("low", "high", "answers"),
        ("responses",),
        low_scores_missing,
    ),
    Detector(
        "invitations_fall",
        "Fewer invitations",
        "invitations of a unit a month",
        f"{_SAME_COURSE} in the number of customers they invite.",
        "Less business, or another way of drawing invitations.",
        "less",
        RATIO,
        "count",
        ("invited",),
        ("invitations",),
        invitations_fall,
    ),
    Detector(
        "unhappy_not_asked",
        "Known unhappy customers not asked again",
        "share of customers known to be unhappy who were invited again",
        "Whether a customer is invited again does not depend more on the last answer than before.",
        "Unhappy customers left, or asked not to be contacted.",
        "less",
        POINTS,
        "share",
        ("unhappy", "unhappy_again", "happy", "happy_again"),
        ("invitations", "responses", "complaints"),
        unhappy_not_asked,
    ),
    Detector(
        "complaints_diverge",
        "Complaints stay while low scores go",
        "complaints for each low answer",
        "Complaints and low answers rise and fall together.",
        "Complaining was made easier, or complaints are about what the survey does not ask.",
        "greater",
        RATIO,
        "ratio",
        ("complaints", "low", "answers"),
        ("complaints", "responses"),
        complaints_diverge,
    ),
    Detector(
        "response_rate",
        "Response rate shifts",
        "share of invitations answered",
        f"{_SAME_COURSE} in the share of invitations answered.",
        "Another wording, channel or hour of the invitation, or customers grown tired of surveys.",
        "two-sided",
        POINTS,
        "share",
        ("invited", "answered"),
        ("invitations", "responses"),
        share("answered", "invited"),
    ),
    Detector(
        "heaping",
        "Heaping at the bonus threshold",
        "months just above the threshold beyond chance",
        "A month's answers are drawn from the unit's own scores, whichever side of the threshold it ends on.",
        "A threshold set where units of that level end up anyway.",
        "greater",
        POINTS,
        "share",
        ("answers",),
        ("responses",),
        heaping,
    ),
    Detector(
        "month_end",
        "Surge at the end of the month",
        "share of top answers given in the last days of a month",
        f"{_SAME_COURSE} in when their top answers arrive.",
        "Invoices or projects that now end with the month.",
        "greater",
        POINTS,
        "share",
        ("late_top", "top"),
        ("responses",),
        share("late_top", "top"),
    ),
    Detector(
        "silent_tops",
        "Top scores without a word",
        "share of top answers without comment",
        f"{_SAME_COURSE} in how many of those content leave a comment.",
        "A shorter form, or a comment field moved out of sight.",
        "greater",
        POINTS,
        "share",
        ("silent_top", "top"),
        ("responses",),
        share("silent_top", "top"),
    ),
    Detector(
        "shared_device",
        "One device, several customers",
        "share of answers from a device that served several people",
        f"{_SAME_COURSE} in how many people answer on one device.",
        "A terminal put up at the counter, or customers behind one office network.",
        "greater",
        POINTS,
        "share",
        ("shared", "devices"),
        ("responses",),
        share("shared", "devices"),
    ),
    Detector(
        "begging",
        "Customers say a score was asked for",
        "share of comments that quote a request for a score",
        f"{_SAME_COURSE} in how many comments quote such a request.",
        "A campaign that asks all customers to rate, or phrases with another meaning here.",
        "greater",
        POINTS,
        "share",
        ("begging", "comments"),
        ("responses",),
        share("begging", "comments"),
    ),
    Detector(
        "straight_lines",
        "The same score on every question",
        "share of answers with one score throughout",
        "At the same score, customers answer in straight lines as often as elsewhere (a contrast only).",
        "A longer questionnaire, or more answers given on small screens.",
        "greater",
        POINTS,
        "share",
        ("lines", "straight", "expected_straight"),
        ("responses",),
        straight_lines,
    ),
)
"""In the order they are shown: who is asked, who answers, what is answered."""
