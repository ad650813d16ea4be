"""Synthetic exports, written from the documented layouts of the tools; seeded, and nobody's data.

``python tests/exports/make_exports.py`` writes them anew beside this file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
START = datetime(2025, 1, 6, 8)  # noqa: DTZ001  # local times, as tools write them
SITES = ("Northgate", "Southgate", "Harbour")
TEAMS = ("Billing", "Tier 1", "Logistics")
WORDS = (
    "Quick and friendly, thank you.",
    "I had to call three times, nobody knew my case.",
    'They said "tomorrow", and it was next week.',
    "Line one.\nLine two, with a comma.",
    "Très bien, merci beaucoup",
    "Still waiting for an answer to my mail",
    "All solved in five minutes",
    "=SUM(1;2) is not what I asked for",
)
Rows = list[list[str]]


class Maker:
    """Draws what a tool would have written."""

    def __init__(self, name: str) -> None:
        self.random = Random(name)  # noqa: S311  # no secret is drawn
        self.now = START

    def moment(self, form: str, *, step: int = 300) -> str:
        """Return the next instant, at most `step` minutes later, as `form` writes it."""
        self.now += timedelta(minutes=self.random.randint(5, step), seconds=self.random.randint(0, 59))
        return written(self.now, form)

    def later(self, form: str, *, hours: int) -> str:
        """Return an instant up to `hours` after the last one."""
        moment = self.now + timedelta(minutes=self.random.randint(20, hours * 60))
        return written(moment, form)

    def of(self, choices: Sequence[str], weights: Sequence[int] | None = None) -> str:
        """Return one of the choices."""
        return self.random.choices(list(choices), weights)[0]

    def comment(self) -> str:
        """Return a comment, mostly none."""
        said = f"{self.of(WORDS)} ({self.random.randint(1, 9999)})"
        return said if self.random.random() < 0.4 else ""

    def clock(self, most: int) -> str:
        """Return a duration up to `most` seconds as h:mm:ss."""
        return clock(self.random.randint(2, most))


def written(moment: datetime, form: str) -> str:
    """Return a moment as `form` writes it; ``~`` stands for numbers without leading noughts."""
    text = moment.strftime(form.replace("~", ""))
    if "~" not in form:
        return text
    return "/".join(part.lstrip("0") for part in text.split(" ")[0].split("/")) + text[text.index(" ") :]


def clock(seconds: int) -> str:
    """Return seconds as h:mm:ss."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def qualtrics(make: Maker) -> Rows:
    """Three header rows; previews, an unfinished answer, two columns of one label."""
    names = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished"]
    names += ["RecordedDate", "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail"]
    names += ["ExternalReference", "LocationLatitude", "LocationLongitude", "DistributionChannel"]
    names += ["UserLanguage", "Q1", "Q2_1", "Q2_2", "Q3", "Q4", "Q4_6_TEXT", "site"]
    labels = ["Start Date", "End Date", "Response Type", "IP Address", "Progress", "Duration (in seconds)"]
    labels += ["Finished", "Recorded Date", "Response ID", "Recipient Last Name", "Recipient First Name"]
    labels += ["Recipient Email", "External Data Reference", "Location Latitude", "Location Longitude"]
    labels += ["Distribution Channel", "User Language", "Overall, how satisfied are you with our service?"]
    labels += ["How do you rate us? - Speed of the answer", "How do you rate us? - Courtesy of the staff"]
    labels += ["What should we do better?", "How did you reach us? - Selected Choice"]
    labels += ["How did you reach us? - Other - Text", "site"]
    ids = ["startDate", "endDate", "status", "ipAddress", "progress", "duration", "finished", "recordedDate"]
    ids += ["_recordId", "recipientLastName", "recipientFirstName", "recipientEmail", "externalDataReference"]
    ids += ["locationLatitude", "locationLongitude", "distributionChannel", "userLanguage"]
    ids += ["QID1", "QID2_1", "QID2_2", "QID3_TEXT", "QID4", "QID4_6_TEXT", "site"]
    dated = {"startDate", "endDate", "recordedDate"}
    zone = ',"timeZone":"America/Denver"'
    rows = [names, labels, [f'{{"ImportId":"{one}"{zone if one in dated else ""}}}' for one in ids]]
    scale = ["Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"]
    for number in range(90):
        begun, ended = (
            make.moment("%Y-%m-%d %H:%M:%S"),
            written(make.now + timedelta(minutes=4), "%Y-%m-%d %H:%M:%S"),
        )
        preview, done = number % 30 == 3, number % 18 != 7
        row = [begun, ended, "Survey Preview" if preview else "IP Address", f"192.0.2.{number % 200}"]
        row += [
            "100" if done else "45",
            "240",
            str(done),
            ended,
            f"R_{number:05d}{make.of('abc')}X",
            "",
            "",
            "",
        ]
        row += [
            f"INV-{number:04d}",
            "39.7",
            "-104.9",
            "preview" if preview else make.of(["email", "anonymous"]),
        ]
        row += [
            "EN",
            make.of(scale, [1, 2, 3, 8, 9]),
            str(make.random.randint(1, 5)),
            str(make.random.randint(2, 5)),
        ]
        row += [make.comment(), make.of(["Phone", "E-mail", "Other"]), "", make.of(SITES)]
        rows.append(row)
    return rows


def surveymonkey(make: Maker) -> Rows:
    """Two header rows; a grid under one question, 'Other (please specify)' twice."""
    names = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address"]
    names += ["First Name", "Last Name", "Custom Data 1", "Which branch did you visit?", ""]
    names += ["Please rate the following:", "", "", "How likely are you to recommend us?", "Anything else?"]
    names += ["Why did you come?", ""]
    below = [""] * 9 + ["Response", "Other (please specify)", "Waiting time", "Friendliness", "Advice", ""]
    below += ["Open-Ended Response", "Response", "Other (please specify)"]
    rows = [names, below]
    words = ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"]
    for number in range(80):
        begun = make.moment("%m/%d/%Y %I:%M:%S %p")
        ended = written(make.now + timedelta(minutes=3), "%m/%d/%Y %I:%M:%S %p") if number % 16 != 5 else ""
        row = [str(11_800_000_000 + number * 37), "405112233", begun, ended, "198.51.100.7", "", "", "", ""]
        row += [make.of(SITES), "", *(make.of(words, [1, 1, 2, 5, 6]) for _ in range(2))]
        row += [make.of([*words, "N/A"], [1, 1, 2, 5, 6, 2]), str(make.random.randint(3, 10)), make.comment()]
        row += [make.of(["To buy", "To complain", ""]), make.of(["", "", "just looking"])]
        rows.append(row)
    return rows


def google_forms(make: Maker) -> Rows:
    """A time with an offset that changes with the season; a scale of numbers whose ends the header names."""
    rows = [
        ["Timestamp", "Which office?", "How satisfied were you? (1 = very dissatisfied, 5 = very satisfied)"]
    ]
    rows[0] += ["Was your question answered? [Phone]", "Was your question answered? [Mail]", "Comments"]
    make.now = START + timedelta(days=70)
    for _ in range(70):
        make.now += timedelta(minutes=make.random.randint(30, 700))
        offset = "GMT+2" if make.now >= datetime(2025, 3, 30, 3) else "GMT+1"  # noqa: DTZ001
        stamp = f"{make.now:%Y/%m/%d} {make.now.strftime('%I').lstrip('0')}:{make.now:%M:%S %p} {offset}"
        answers = ["Never", "Sometimes", "Usually", "Always"]
        rows.append(
            [stamp, make.of(SITES), str(make.random.randint(1, 5)), make.of(answers), make.of(answers)]
        )
        rows[-1].append(make.comment())
    return rows


def typeform(make: Maker) -> Rows:
    """Tokens as ids, UTC said in the header, partial answers, repeated 'Other'."""
    rows = [
        [
            "#",
            "How likely is it that you would recommend us?",
            "How was our *support*?",
            "Which team helped you?",
        ]
    ]
    rows[0] += ["Other", "Why this score?", "Other", "Response Type", "Start Date (UTC)", "Stage Date (UTC)"]
    rows[0] += ["Submit Date (UTC)", "Network ID", "Tags"]
    for number in range(75):
        begun, ended = (
            make.moment("%Y-%m-%d %H:%M:%S"),
            written(make.now + timedelta(minutes=2), "%Y-%m-%d %H:%M:%S"),
        )
        done = number % 15 != 4
        row = [f"{make.random.getrandbits(64):016x}{number:04d}", str(make.random.randint(0, 10))]
        row += [str(make.random.randint(1, 5)), make.of(TEAMS), "", make.comment(), ""]
        row += ["completed" if done else "partial", begun, "" if done else ended, ended if done else ""]
        rows.append([*row, f"{make.random.getrandbits(40):010x}", ""])
    return rows


def limesurvey(make: Maker) -> Rows:
    """Question codes as names, answers not finished, arrays of five points, 'N/A'."""
    rows = [
        [
            "id",
            "submitdate",
            "lastpage",
            "startlanguage",
            "seed",
            "startdate",
            "datestamp",
            "ipaddr",
            "refurl",
        ]
    ]
    rows[0] += ["G01Q01", "G01Q02[speed]", "G01Q02[courtesy]", "G02Q03", "location", "G02Q04"]
    for number in range(85):
        begun, ended = (
            make.moment("%Y-%m-%d %H:%M:%S"),
            written(make.now + timedelta(minutes=6), "%Y-%m-%d %H:%M:%S"),
        )
        done = number % 17 != 2
        row = [
            str(number * 3 + 1),
            ended if done else "",
            "3" if done else "1",
            "en",
            str(make.random.getrandbits(30)),
        ]
        row += [begun, ended, "203.0.113.5", "https://survey.example/?x=1"]
        scale = ["Very bad", "Bad", "Neutral", "Good", "Very good"]
        row += [
            make.of(scale, [1, 1, 3, 6, 5]) if done else "",
            str(make.random.randint(1, 5)) if done else "",
        ]
        row += [str(make.random.randint(1, 5)) if done else "", make.of(["Yes", "No", "N/A"]), make.of(SITES)]
        rows.append([*row, make.comment()])
    return rows


def microsoft_forms(make: Maker) -> Rows:
    """An Excel workbook; anonymous answers, a rating of stars."""
    rows = [["ID", "Start time", "Completion time", "Email", "Name", "Which site did you visit?"]]
    rows[0] += ["How would you rate our service?", "Quality of the advice", "What can we improve?"]
    for number in range(60):
        begun, ended = (
            make.moment("%Y-%m-%d %H:%M:%S"),
            written(make.now + timedelta(minutes=5), "%Y-%m-%d %H:%M:%S"),
        )
        words = ["Very poor", "Poor", "Fair", "Good", "Very good"]
        row = [str(number + 1), begun, ended, "anonymous", "", make.of(SITES), str(make.random.randint(1, 5))]
        rows.append([*row, make.of(words, [1, 1, 2, 5, 5]), make.comment()])
    return rows


def zendesk(make: Maker) -> Rows:
    """One row a ticket; open tickets, deleted ones, 'Offered' for a question nobody answered."""
    rows = [
        ["Summation column", "Id", "Requester", "Requester id", "Requester external id", "Requester email"]
    ]
    rows[0] += [
        "Requester domain",
        "Submitter",
        "Assignee",
        "Group",
        "Subject",
        "Tags",
        "Status",
        "Priority",
        "Via",
    ]
    rows[0] += ["Ticket type", "Created at", "Updated at", "Assigned at", "Organization", "Due date"]
    rows[0] += [
        "Initially assigned at",
        "Solved at",
        "Resolution time",
        "Satisfaction Score",
        "Group stations",
    ]
    rows[0] += ["Assignee stations", "Reopens", "Replies", "First reply time in minutes"]
    for number in range(120):
        created, solved = make.moment("%Y-%m-%d %H:%M"), make.later("%Y-%m-%d %H:%M", hours=90)
        open_, deleted = number % 12 == 5, number % 40 == 9
        status = "Deleted" if deleted else "Open" if open_ else make.of(["Solved", "Closed"])
        row = [
            "1",
            str(48_210 + number),
            f"Person {number % 60}",
            str(9_000 + number % 60),
            "",
            "p@example.com",
        ]
        row += ["example.com", "Web widget", make.of(["Ana", "Ben", "-"]), make.of(TEAMS), "My parcel, again"]
        row += ["late parcel", status, make.of(["Urgent", "High", "Normal", "Low"], [1, 3, 8, 4])]
        row += [make.of(["Mail", "Web form", "Chat"]), make.of(["Incident", "Question", "-"]), created]
        row += [created if open_ else solved, created, make.of(["Acme", "Globex", "-"]), "", created]
        row += ["" if open_ else solved, "" if open_ else "24"]
        row += [
            make.of(["Good", "Bad", "Offered", "Not Offered"], [6, 2, 6, 3]),
            "1",
            "1",
            make.of("0001"),
            "2",
            "31",
        ]
        rows.append(row)
    return rows


def freshdesk(make: Maker) -> Rows:
    """One row a ticket with the desk's own flag; tickets without a group."""
    rows = [
        ["Ticket ID", "Subject", "Status", "Priority", "Source", "Type", "Agent", "Group", "Created time"]
    ]
    rows[0] += ["Due by Time", "Resolved time", "Closed time", "Last update time", "Initial response time"]
    rows[0] += [
        "Time tracked",
        "First response time (in hrs)",
        "Resolution time (in hrs)",
        "Agent interactions",
    ]
    rows[0] += [
        "Customer interactions",
        "Resolution status",
        "First response status",
        "Tags",
        "Survey results",
    ]
    rows[0] += ["Association type", "Product", "Full name", "Email", "Company Name"]
    words = ["Extremely Happy", "Happy", "Neutral", "Unhappy", "Extremely Unhappy"]
    for number in range(110):
        created, solved = make.moment("%Y-%m-%d %H:%M:%S"), make.later("%Y-%m-%d %H:%M:%S", hours=60)
        open_ = number % 11 == 4
        row = [str(7_000 + number), "Invoice wrong", "Open" if open_ else make.of(["Resolved", "Closed"])]
        row += [
            make.of(["Low", "Medium", "High", "Urgent"], [4, 8, 3, 1]),
            make.of(["Email", "Portal", "Phone"]),
        ]
        row += [
            make.of(["Problem", "Question"]),
            make.of(["Ana", "Ben", "No Agent"]),
            make.of(TEAMS),
            created,
            solved,
        ]
        row += ["" if open_ else solved, "" if open_ else solved, solved, created, "00:10:00", "00:31:07"]
        row += [
            "" if open_ else "17:02:11",
            "2",
            "1",
            "" if open_ else make.of(["Within SLA", "SLA Violated"], [5, 1]),
        ]
        row += ["Within SLA", "", "" if open_ or number % 3 else make.of(words, [4, 6, 3, 2, 1]), "", ""]
        rows.append([*row, f"Person {number}", "p@example.com", make.of(["Acme", "Globex", ""])])
    return rows


def intercom(make: Maker) -> Rows:
    """The workspace's zone in brackets behind the names of times; ratings on few conversations."""
    zone = "(America/New_York)"
    rows = [
        [
            "Conversation ID",
            f"Conversation started at {zone}",
            f"Conversation last closed at {zone}",
            "Channel",
        ]
    ]
    rows[0] += ["Current conversation state", "Team currently assigned", "Teammate currently assigned"]
    rows[0] += ["Conversation rating", "Conversation rating remark"]
    for number in range(100):
        begun, closed = make.moment("%Y-%m-%d %H:%M:%S"), make.later("%Y-%m-%d %H:%M:%S", hours=30)
        open_, rated = number % 14 == 6, number % 3 == 0
        row = [str(215_000_000_000 + number * 7), begun, "" if open_ else closed, make.of(["Chat", "Email"])]
        row += ["open" if open_ else "closed", make.of(TEAMS), make.of(["Ana", "Ben", "Unassigned"])]
        rows.append([*row, str(make.random.randint(1, 5)) if rated else "", make.comment() if rated else ""])
    return rows


def servicenow(make: Maker) -> Rows:
    """Field names as headers; a cancelled incident; the desk's own flag."""
    rows = [["number", "opened_at", "short_description", "caller_id", "priority", "state", "category"]]
    rows[0] += ["assignment_group", "assigned_to", "sys_updated_on", "resolved_at", "closed_at", "made_sla"]
    rows[0] += ["reassignment_count", "reopen_count"]
    for number in range(110):
        opened, resolved = make.moment("%Y-%m-%d %H:%M:%S"), make.later("%Y-%m-%d %H:%M:%S", hours=70)
        closed = written(make.now + timedelta(days=8), "%Y-%m-%d %H:%M:%S")
        open_, gone = number % 13 == 5, number % 37 == 8
        state = "Canceled" if gone else "In Progress" if open_ else make.of(["Resolved", "Closed"])
        priority = make.of(["1 - Critical", "2 - High", "3 - Moderate", "4 - Low"], [1, 2, 6, 4])
        row = [
            f"INC{10_000 + number:07d}",
            opened,
            "Printer on fire",
            f"User {number}",
            priority,
            state,
            "Hardware",
        ]
        row += [make.of(["Service Desk", "Network", "Workplace"]), make.of(["Ana", "Ben"]), resolved]
        row += [
            "" if open_ or gone else resolved,
            closed if state == "Closed" else "",
            make.of(["true", "false"], [4, 1]),
        ]
        rows.append([*row, make.of("00012"), make.of("0001")])
    return rows


def jira_service_management(make: Maker) -> Rows:
    """Months in words, names that repeat, satisfaction with its date."""
    rows = [
        [
            "Summary",
            "Issue key",
            "Issue id",
            "Issue Type",
            "Status",
            "Project key",
            "Project name",
            "Priority",
        ]
    ]
    rows[0] += ["Resolution", "Assignee", "Reporter", "Created", "Updated", "Resolved", "Labels", "Labels"]
    rows[0] += ["Custom field (Organizations)", "Custom field (Request Type)", "Satisfaction rating"]
    rows[0] += [
        "Custom field (Satisfaction date)",
        "Custom field (Time to resolution)",
        "Comment",
        "Comment",
        "Comment",
    ]
    form = "%d/%b/%y %I:%M %p"
    for number in range(100):
        created, resolved = make.moment(form), make.later(form, hours=50)
        rated = written(make.now + timedelta(days=3), form)
        open_, score = number % 10 == 3, number % 2 == 0
        project = make.of(["ITS", "HRS"])
        row = ["Cannot sign in", f"{project}-{number + 100}", str(40_000 + number), "Service request"]
        row += [
            "Waiting for support" if open_ else "Resolved",
            project,
            {"ITS": "IT support", "HRS": "HR help"}[project],
        ]
        row += [
            make.of(["Highest", "High", "Medium", "Low"], [1, 3, 7, 3]),
            "" if open_ else "Done",
            "Ana",
            "User",
        ]
        row += [
            created,
            resolved,
            "" if open_ else resolved,
            "vpn",
            "",
            make.of(["Acme", ""]),
            make.of(["Access", "Hardware"]),
        ]
        row += [
            "" if open_ or not score else str(make.random.randint(2, 5)),
            "" if open_ or not score else rated,
        ]
        rows.append([*row, "-02:15", "first", "", ""])
    return rows


def friends_and_family(make: Maker) -> Rows:
    """Answers coded 1 (very good) to 5, 6 for 'don't know'."""
    rows = [["Record ID", "Response date", "Ward", "FFT Response", "Age band", "Method", "What went well?"]]
    for number in range(120):
        row = [f"FF{number:05d}", make.moment("%d/%m/%Y %H:%M", step=500), make.of(["Maple", "Oak", "Elm"])]
        row += [
            make.of("123456", [60, 25, 6, 4, 3, 3]),
            make.of(["25-34", "65-74"]),
            make.of(["SMS", "Tablet", "Card"]),
        ]
        rows.append([*row, make.comment()])
    return rows


def gp_survey(make: Maker) -> Rows:
    """Codes throughout, 1 best; below nought where nothing was answered, 5 beside scales of four."""
    rows = [
        ["respondent_id", "practice_code", "date_completed", "overall_experience", "receptionists_helpful"]
    ]
    rows[0] += ["easy_phone", "age_band", "weight"]
    for number in range(120):
        row = [
            f"G{number:06d}",
            make.of(["A81001", "A81002", "B82005"]),
            make.moment("%d/%m/%Y %H:%M", step=400),
        ]
        row += [
            make.of(["1", "2", "3", "4", "5", "-1"], [40, 35, 12, 6, 4, 3]),
            make.of("12345", [45, 35, 12, 5, 3]),
        ]
        rows.append(
            [*row, make.of(["1", "2", "3", "4", "5", "-9"], [20, 35, 25, 15, 4, 2]), make.of("3456"), "1.04"]
        )
    return rows


def genesys_cloud(make: Maker) -> Rows:
    """Durations in milliseconds; outbound calls, calls without a queue, given-up calls."""
    rows = [
        [
            "Full Export Completed",
            "Partial Result Timestamp",
            "Filters",
            "Users",
            "Remote",
            "Date",
            "Duration",
        ]
    ]
    rows[0] += [
        "Direction",
        "ANI",
        "DNIS",
        "Queue",
        "Wrap-up",
        "Media Type",
        "Conversation ID",
        "Total Queue",
    ]
    rows[0] += ["Total Handle", "Abandoned"]
    for number in range(130):
        date = make.moment("~%m/%d/%y %I:%M %p", step=200)
        inbound, lost, out = number % 9 != 2, number % 8 == 3, number % 21 == 6
        row = ["YES", "", "", "" if lost or out else make.of(["Ana", "Ben"]), "+49 30 000", date, "312000"]
        row += [
            "Inbound" if inbound else "Outbound",
            "tel:+4930",
            "tel:+4940",
            make.of(TEAMS) if number % 33 else "",
        ]
        row += [
            "Solved",
            make.of(["voice", "chat"], [5, 1]),
            f"{make.random.getrandbits(64):016x}-{number:04d}",
        ]
        rows.append([*row, str(make.random.randint(1, 90) * 1000), "250000", "YES" if lost else "NO"])
    return rows


def five9(make: Maker) -> Rows:
    """Names of days in the times, '[None]' for nobody."""
    rows = [
        ["CALL ID", "TIMESTAMP", "CAMPAIGN", "CALL TYPE", "AGENT", "AGENT NAME", "DISPOSITION", "ANI", "DNIS"]
    ]
    rows[0] += ["SKILL", "QUEUE WAIT TIME", "RING TIME", "TALK TIME", "AFTER CALL WORK TIME", "ABANDONED"]
    for number in range(120):
        stamp = make.moment("%a, %d %b %Y %H:%M:%S", step=200)
        lost, inbound = number % 9 == 4, number % 10 != 7
        agent = "[None]" if lost else make.of(["ana@example.com", "ben@example.com"])
        row = [
            str(300_000_100 + number),
            stamp,
            "Main line",
            "Inbound" if inbound else "Outbound",
            agent,
            agent,
        ]
        row += [
            "Caller Disconnected" if lost else "Solved",
            "3035550100",
            "8005550199",
            make.of(["Sales", "Service"]),
        ]
        rows.append([*row, f"0{make.clock(150)}", "00:00:04", "00:03:10", "00:00:30", "1" if lost else "0"])
    return rows


def amazon_connect_intervals(make: Maker) -> Rows:
    """Counts of half hours; who waits when one ends is handled in the next; a row of all queues."""
    names = [
        "Channel",
        "Queue",
        "StartInterval",
        "EndInterval",
        "Contacts queued",
        "Contacts handled incoming",
    ]
    rows = [[*names, "Contacts answered in 20 seconds", "Contacts abandoned", "Average queue answer time"]]
    rows[0] += ["Contacts abandoned in 15 seconds", "Contacts transferred out queue", "Contact handle time"]
    for queue, channel in (("Orders", "VOICE"), ("Repairs", "VOICE"), ("Repairs", "CHAT")):
        for number in range(20):
            start = START + timedelta(minutes=30 * number)
            spans = [written(start + timedelta(minutes=more), "%Y-%m-%dT%H:%M:%SZ") for more in (0, 30)]
            queued, lost = make.random.randint(0, 40), make.random.randint(0, 2)
            handled = max(0, queued - lost + make.random.choice((-1, 0, 1)))
            quick = handled * 3 // 4
            more = map(str, (lost // 2, 0, handled * 190))
            rows.append([channel, queue, *spans, *map(str, (queued, handled, quick, lost)), "14.2", *more])
    return rows


def genesys_cloud_intervals(make: Maker) -> Rows:
    """Percentages without counts, on many days; an interval not over; rows that add the media types up."""
    names = [
        "Interval Start",
        "Interval End",
        "Interval Complete",
        "Filters",
        "Media Type",
        "Queue Id",
        "Queue Name",
    ]
    rows = [[*names, "Offer", "Answer", "Answer %", "Abandon", "Abandon %", "ASA", "Service Level %"]]
    rows[0] += ["Short Abandon", "Flow-Out", "Total Handle"]
    for queue in TEAMS[:2]:
        for number in range(16):
            start = START + timedelta(days=number, minutes=30 * number)
            spans = [written(start + timedelta(minutes=more), "%m/%d/%y %I:%M %p") for more in (0, 30)]
            done = "NO" if number == 15 else "YES"
            totals = [0, 0, 0]
            for media in ("voice", "chat"):
                offered, lost = make.random.randint(1, 25), make.random.randint(0, 1)
                counts = [offered, max(0, offered - lost + make.random.choice((-1, 0, 1))), lost]
                totals = [one + other for one, other in zip(totals, counts, strict=True)]
                rows.append([*spans, done, "", media, f"id-{queue}", queue, *_performance(*counts)])
            rows.append([*spans, done, "", "", f"id-{queue}", queue, *_performance(*totals)])
    return rows


def _performance(offered: int, answered: int, lost: int) -> list[str]:
    shares = [f"{answered / offered:.4f}", str(lost), f"{lost / offered:.4f}"]
    level = f"{answered / (offered + lost):.4f}"
    return [str(offered), str(answered), *shares, "11250.5", level, str(lost), "0", str(answered * 190_250)]


def cisco_ucce_intervals(make: Maker) -> Rows:
    """Call types by half hour, as the database holds them; short calls are offered and nothing else."""
    rows = [["DateTime", "TimeZone", "CallTypeID", "EnterpriseName", "RecoveryKey", "ReportingInterval"]]
    rows[0] += ["CallsOffered", "CallsHandled", "CallsAnswered", "ServiceLevelCalls", "ServiceLevelAband"]
    rows[0] += ["TotalCallsAband", "ShortCalls", "OverflowOut", "AnswerWaitTime", "HandleTime"]
    for place, name in enumerate(("CT_Sales", "CT_Service")):
        for number in range(24):
            start = written(START + timedelta(minutes=30 * number), "%Y-%m-%d %H:%M:%S")
            answered, lost = make.random.randint(5, 60), make.random.randint(0, 4)
            short, over = number % 3, number % 2
            row = [start, "300", str(5000 + place), name, str(700_000 + 24 * place + number), "30"]
            row += map(
                str, (answered + lost + short + over, answered, answered, answered * 3 // 4, lost // 2)
            )
            rows.append([*row, *map(str, (lost, short, over, answered * 12, answered * 240))])
    return rows


def avaya_cms_intervals(make: Maker) -> Rows:
    """Splits by half hour: the day and a clock of four digits; the limit stands beside each row."""
    rows = [["ROW_DATE", "STARTTIME", "INTRVL", "ACD", "SPLIT", "CALLSOFFERED", "ACDCALLS", "ACCEPTABLE"]]
    rows[0] += ["SERVICELEVEL", "ABNCALLS", "SLVLABNS", "OUTFLOWCALLS", "INQUEUE", "ACDTIME", "ACWTIME"]
    for split in ("101", "102"):
        for number in range(24):
            start = START + timedelta(minutes=30 * number)
            answered, lost, over = make.random.randint(5, 60), make.random.randint(0, 4), number % 2
            row = [written(start, "%Y-%m-%d"), written(start, "%H%M"), "30", "1", split]
            row += map(str, (answered + lost + over, answered, answered * 3 // 4, 20, lost, lost // 2, over))
            rows.append([*row, "0", str(answered * 200), str(answered * 30)])
    return rows


def cisco_uccx(make: Maker) -> Rows:
    """Titles above the header; calls given up before a queue."""
    names = ["Node ID - Session ID - Sequence No.", "Call Start Time", "Call End Time", "Contact Disposition"]
    names += [
        "Originator DN (Calling Number)",
        "Destination DN",
        "Called Number",
        "Application Name",
        "CSQ Names",
        "Queue Time",
    ]
    names += ["Agent Name", "Ring Time", "Talk Time", "Work Time"]
    rows = [["Detailed Call CSQ Agent Report"], ["From 2025-01-06 to 2025-02-28"], names]
    for number in range(110):
        start = make.moment("%Y-%m-%d %H:%M:%S", step=250)
        end = written(make.now + timedelta(minutes=6), "%Y-%m-%d %H:%M:%S")
        lost, early = number % 7 == 3, number % 35 == 3
        row = [f"1-{700_000 + number}-0", start, end, "1" if lost else "2", "5551000", "2001", "2000", "Main"]
        row += [
            "" if early else make.of(["CSQ_Sales", "CSQ_Service"]),
            make.clock(180),
            "" if lost else "Ana",
        ]
        rows.append([*row, "0:00:05", "0:00:00" if lost else "0:04:00", "0:00:20"])
    return rows


def asterisk_queue_log(make: Maker) -> Rows:
    """No header, bars between fields, as many fields as the event has parameters (here filled up to nine)."""
    rows: Rows = [["1736150000", "NONE", "NONE", "NONE", "QUEUESTART", "", "", "", ""]]
    second = 1_736_150_400
    for number in range(60):
        second += make.random.randint(200, 9000)
        call, queue, wait = (
            f"{second - 4}.{number}",
            make.of(["sales", "service"]),
            make.random.randint(1, 120),
        )
        rows.append([str(second), call, queue, "NONE", "ENTERQUEUE", "", "030555", "1", ""])
        if number % 6 == 2:
            rows.append([str(second + wait), call, queue, "NONE", "ABANDON", "1", "1", str(wait), ""])
            continue
        agent = make.of(["SIP/8007", "SIP/8010"])
        rows.append(
            [str(second + wait), call, queue, agent, "CONNECT", str(wait), f"{second}.9{number}", "3", ""]
        )
        rows.append(
            [str(second + wait + 150), call, queue, agent, "COMPLETECALLER", str(wait), "150", "1", ""]
        )
    return rows


def asterisk_queue_table(make: Maker) -> Rows:
    """The same events with names and times of a database; members that log in and out between."""
    rows = [
        ["id", "time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5"]
    ]
    form = "%Y-%m-%d %H:%M:%S"
    for number in range(60):
        make.moment(form)
        begun = int((make.now - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001
        call, queue, wait = f"{begun}.{number}", make.of(["sales", "service"]), make.random.randint(5, 120)
        ends = written(make.now + timedelta(seconds=wait), form)
        stem = [call, queue]
        rows.append(["", written(make.now, form), *stem, "NONE", "ENTERQUEUE", "", "030555", "1", "", ""])
        if number % 6 == 2:
            rows.append(["", ends, *stem, "NONE", "ABANDON", "1", "1", str(wait), "", ""])
        else:
            rows.append(
                ["", ends, *stem, "SIP/8007", "CONNECT", str(wait), f"{begun}.9{number}", "3", "", ""]
            )
        if number % 20 == 3:
            rows.append(["", ends, "NONE", "NONE", "SIP/8010", "PAUSEALL", "", "", "", "", ""])
    return [rows[0], *([str(place), *row[1:]] for place, row in enumerate(rows[1:], start=1))]


def nyc_311(make: Maker) -> Rows:
    """Twelve-hour times, open requests, 'Unspecified'."""
    rows = [
        ["Unique Key", "Created Date", "Closed Date", "Agency", "Agency Name", "Complaint Type", "Descriptor"]
    ]
    rows[0] += [
        "Location Type",
        "Incident Zip",
        "Status",
        "Resolution Description",
        "Borough",
        "Open Data Channel Type",
    ]
    agencies = {
        "NYPD": "New York City Police Department",
        "DSNY": "Department of Sanitation",
        "DOT": "Department of Transportation",
    }
    form = "%m/%d/%Y %I:%M:%S %p"
    for number in range(120):
        created, closed = make.moment(form, step=240), make.later(form, hours=200)
        agency, open_ = make.of(list(agencies)), number % 9 == 4
        row = [str(63_000_000 + number), created, "" if open_ else closed, agency, agencies[agency]]
        row += [
            make.of(["Noise - Residential", "Missed Collection", "Street Condition"]),
            "Loud Music/Party",
            "Street",
        ]
        row += [
            "10027",
            "Open" if open_ else "Closed",
            "The agency, responded.",
            make.of(["BRONX", "QUEENS", "Unspecified"]),
        ]
        rows.append([*row, make.of(["PHONE", "ONLINE", "MOBILE", "UNKNOWN"])])
    return rows


def open311(make: Maker) -> Rows:
    """Offsets in the times; two states."""
    rows = [["service_request_id", "status", "status_notes", "service_name", "service_code", "description"]]
    rows[0] += ["agency_responsible", "requested_datetime", "updated_datetime", "address", "lat", "long"]
    form = "%Y-%m-%dT%H:%M:%S-06:00"
    for number in range(90):
        asked, changed = make.moment(form, step=350), make.later(form, hours=150)
        open_ = number % 8 == 5
        row = [
            f"SR-{number:06d}",
            "open" if open_ else "closed",
            "",
            make.of(["Pothole", "Graffiti", "Street light"]),
        ]
        row += ["P1", "in front of no. 5, by the tree", make.of(["Streets", "Parks"]), asked, changed]
        rows.append([*row, "5 Main St", "41.8", "-87.6"])
    return rows


def cfpb_complaints(make: Maker) -> Rows:
    """Days without times, narratives, long names of companies."""
    rows = [["Date received", "Product", "Sub-product", "Issue", "Sub-issue", "Consumer complaint narrative"]]
    rows[0] += [
        "Company public response",
        "Company",
        "State",
        "ZIP code",
        "Tags",
        "Consumer consent provided?",
    ]
    rows[0] += ["Submitted via", "Date sent to company", "Company response to consumer", "Timely response?"]
    rows[0] += ["Consumer disputed?", "Complaint ID"]
    for number in range(110):
        received, sent = (
            make.moment("%m/%d/%Y", step=800),
            written(make.now + timedelta(days=number % 3), "%m/%d/%Y"),
        )
        row = [
            received,
            make.of(["Credit card", "Mortgage"]),
            "General",
            make.of(["Fees", "Billing dispute", "Closing"]),
        ]
        row += [
            "",
            make.comment(),
            "",
            make.of(["FIRST EXAMPLE BANK, N.A.", "Example Lending LLC"]),
            "NY",
            "100XX",
            "",
        ]
        row += ["Consent provided", make.of(["Web", "Phone", "Postal mail"]), sent, "Closed with explanation"]
        rows.append([*row, make.of(["Yes", "No"], [9, 1]), "N/A", str(12_000_000 + number)])
    return rows


MAKERS: dict[str, Callable[[Maker], Rows]] = {
    made.__name__: made
    for made in (
        qualtrics, surveymonkey, google_forms, typeform, limesurvey, microsoft_forms, zendesk, freshdesk,
        intercom, servicenow, jira_service_management, friends_and_family, gp_survey, genesys_cloud, five9,
        genesys_cloud_intervals, amazon_connect_intervals, cisco_uccx, asterisk_queue_log,
        cisco_ucce_intervals, avaya_cms_intervals,
        asterisk_queue_table, nyc_311, open311, cfpb_complaints,
    )
}  # fmt: skip
BOMS = ("qualtrics", "jira_service_management")
QUOTED = ("limesurvey", "google_forms", "genesys_cloud")


def contents(name: str) -> bytes:
    """Return the bytes of a text export."""
    rows = MAKERS[name](Maker(name))
    target = io.StringIO(newline="")
    if name == "asterisk_queue_log":
        target.write("".join("|".join(row) + "\n" for row in rows))
    else:
        quoting = csv.QUOTE_ALL if name in QUOTED else csv.QUOTE_MINIMAL
        csv.writer(target, quoting=quoting, lineterminator="\r\n").writerows(rows)
    return target.getvalue().encode("utf-8-sig" if name in BOMS else "utf-8")


def workbook(path: Path, rows: Rows) -> None:
    """Write rows to a workbook, times and numbers as such."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": START})
        sheet, dated = book.add_worksheet("Form1"), book.add_format({"num_format": "m/d/yy h:mm:ss"})
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if place and column in (1, 2):
                    sheet.write_datetime(place, column, datetime.fromisoformat(cell), dated)
                elif place and cell.isdigit():
                    sheet.write_number(place, column, int(cell))
                elif cell:
                    sheet.write_string(place, column, cell)


def files() -> Iterator[Path]:
    """Yield where each export stands."""
    for name in MAKERS:
        yield HERE / f"{name}.{'xlsx' if name == 'microsoft_forms' else 'csv'}"


def write() -> None:
    """Write every export beside this file."""
    for path in files():
        if path.suffix == ".xlsx":
            workbook(path, MAKERS[path.stem](Maker(path.stem)))
        else:
            path.write_bytes(contents(path.stem))


if __name__ == "__main__":
    write()
