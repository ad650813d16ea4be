"""Whether scores improve: what chance, another mix of customers and mere luck could explain set apart.

`improving` holds the latest period against the one before, within the units of a comparison
(`benchmark.compare`), and says whether the trend of `changes` bears it out. `subjects` asks the same of
follow-up, complaints and service levels, and says what holds however often one looks. `outliers_followed`
asks what became of the units called out.
"""

from auditlib.improvement.answer import ImprovingAnswer
from auditlib.improvement.improving import improving
from auditlib.improvement.over_time import OverTime, OverTimeAnswer, changes
from auditlib.improvement.result import Course, Improving
from auditlib.improvement.stability import Stability, StabilityAnswer, outliers_followed
from auditlib.improvement.subject import Subject
from auditlib.improvement.subject_answers import StandingAnswer, SubjectAnswer, TogetherAnswer
from auditlib.improvement.subjects import standings, subjects, together

__all__ = [
    "Course",
    "Improving",
    "ImprovingAnswer",
    "OverTime",
    "OverTimeAnswer",
    "Stability",
    "StabilityAnswer",
    "StandingAnswer",
    "Subject",
    "SubjectAnswer",
    "TogetherAnswer",
    "changes",
    "improving",
    "outliers_followed",
    "standings",
    "subjects",
    "together",
]
