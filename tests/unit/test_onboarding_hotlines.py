"""A first run file for exports of hotlines: states in words, lengths in two parts, counts in Polish."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_onboarding_languages import held, proposed, sources, written
from test_onboarding_languages import project as project  # noqa: PLC0414 - a fixture

from auditlib.evidence.interval_rules import is_total
from auditlib.onboarding.alphabets import is_central
from auditlib.onboarding.decoding import guess_encoding
from auditlib.onboarding.named_limits import limit_named
from auditlib.onboarding.vocabulary import meaning, simplified, vocabulary

HEADER = "N° jambe;N° appel;Site;Canal;File;Date et heure;Attente;Durée traitement;{state};N° client;Niveau 1"
STATES = ("Traité", "Abandonné", "Débordement", "En cours")


def hotline(states: tuple[str, ...] = STATES, name: str = "Statut") -> list[str]:
    """Return 40 legs, every second with its contact's other leg, most of them answered."""
    ends = [states[0]] * 5 + list(states[1:])
    rows = [
        f"J{leg:03};A{leg // 2:03};{('LIL', 'NAM')[leg % 2]};Clavardage;Sinistres;{leg % 28 + 1:02}/03/2026 "
        f"09:15:0{leg % 10};0{leg % 3}:{leg:02};{'312:05' if end == states[0] else ''};{end};L{leg % 9};Oui"
        for leg in range(40)
        for end in [ends[leg % len(ends)]]
    ]
    return [HEADER.format(state=name), *rows]


def test_a_column_of_states_is_read_once_for_each_thing_a_wait_means(project: Path) -> None:
    run, text = proposed(project, written(project, "contacts.csv", hotline(), encoding="cp1252"))
    answered, left, still_open = sources(run, "interactions")
    assert answered.columns["contact_id"] == "N° appel"
    assert answered.columns["interaction_id"] == "N° jambe"
    assert answered.columns["first_level"] == "Niveau 1"
    assert "person_id" not in answered.columns
    assert answered.columns["answered"].unit == answered.columns["ended"].unit == "mm:ss"  # type: ignore[union-attr]
    assert left.values["abandoned"] == {"Abandonné": "true", "Débordement": "false"}
    assert left.values["flowed_out"] == {"Abandonné": "false", "Débordement": "true"}
    assert still_open.only[0].among == ("En cours",)
    assert answered.values["channel"] == {"Clavardage": "chat"}
    for question in ("is '00:00' minutes and seconds, or hours and minutes (hh:mm)?",
                     "does 'Statut' say of these contacts what is read out of it"):  # fmt: skip
        assert f"DECIDE: {question}" in text
    contacts = held(project, run).frame("interactions")
    assert len(contacts) == 40
    assert contacts["abandoned"].sum() == contacts["flowed_out"].sum() == 5
    handled = ((contacts["ended_at"] - contacts["answered_at"]) / 1_000_000).dropna()
    assert set(handled) == {18_725}


@pytest.mark.parametrize(
    ("language", "states"),
    [
        ("en", ("Handled", "Abandoned", "Overflow", "In progress")),
        ("de", ("Angenommen", "Aufgelegt", "Überlauf", "Offen")),
        ("es", ("Atendida", "Abandonada", "Desbordada", "En curso")),
        ("it", ("Risposta", "Abbandonata", "Trasferita", "In corso")),
        ("nl", ("Beantwoord", "Opgehangen", "Doorverbonden", "Lopend")),
        ("pl", ("Odebrane", "Porzucone", "Przekierowane", "Oczekujące")),
        ("pt", ("Respondida", "Desistência", "Transbordada", "Em curso")),
        ("da", ("Besvaret", "Opgivet", "Viderestillet", "Åben")),
        ("sv", ("Besvarad", "Tappad", "Vidarekopplad", "Öppen")),
    ],
)
def test_states_are_known_in_many_languages(language: str, states: tuple[str, ...]) -> None:
    meant = [meaning(state, vocabulary().states) for state in states]
    assert meant == ["answered", "abandoned", "flowed_out", "waiting"], language


def test_states_of_which_one_is_not_known_are_left_to_the_auditor(project: Path) -> None:
    unknown = hotline(("Traité", "Abandonné", "Zut", "En cours"))
    run, text = proposed(project, written(project, "contacts.csv", unknown, encoding="cp1252"))
    assert len(sources(run, "interactions")) == 1
    assert "Not mapped" in text
    assert "Statut" in text


def test_states_without_a_wait_are_flags(project: Path) -> None:
    lines = [";".join((*row.split(";")[:6], *row.split(";")[8:])) for row in hotline()]
    (source,) = sources(proposed(project, written(project, "contacts.csv", lines))[0], "interactions")
    assert source.columns["abandoned"] == source.columns["flowed_out"] == "Statut"
    assert source.values["abandoned"]["Traité"] == "false"
    assert "answered" not in source.columns


def test_whether_it_was_resolved_is_a_question_with_two_answers(project: Path) -> None:
    rows = [
        f"E{day:02};LIL;{day:02}/04/2026 10:00:00;{day % 5 + 1};{('Oui', 'Non')[day % 2]}"
        for day in range(1, 29)
    ]
    header = "Réponse;Site;Reçue le;Satisfaction;Demande résolue"
    run, _ = proposed(project, written(project, "enquete.csv", [header, *rows], encoding="cp1252"))
    (source,) = sources(run, "responses")
    assert source.columns["q_resolution"] == "Demande résolue"
    (survey_type,) = run.instruments
    assert run.instruments[survey_type].items["q_resolution"].scale.labels == {"Non": 0, "Oui": 1}


WARSAW = (
    "Początek;Kolejka;Przychodzące;Odebrane;Odebrane do 20 s;Porzucone;Porzucone krótkie do 5 s;"
    "Suma obsługi [s]"
)
KRAKOW = "Data;Od;Linia;Zgłoszone;Odebrane;SL 30 s;Porzucone;ASA;AHT"


def warsaw() -> list[str]:
    rows = [f"2025-10-{day:02}T0{hour}:30:00+02:00;PIT;{day};{day - 1};{day - 1};1;0;{day * 100}"
            for day in range(1, 29) for hour in range(3, 6)]  # fmt: skip
    return [WARSAW, *rows]


def krakow() -> list[str]:
    shares = {day: f"{100 / day:.1f}%".replace(".", ",") for day in range(2, 29)}
    rows = [f"{day:02}.10.2025;0{hour}:30;PIT;{day};{day - 1};75,0%;{share};27,2;256,5"
            for day, share in shares.items() for hour in range(3, 6)]  # fmt: skip
    return [KRAKOW, *rows]


def test_polish_counts_by_interval(project: Path) -> None:
    files = (
        written(project, "warszawa.csv", warsaw()),
        written(project, "krakow.csv", krakow(), encoding="cp1250"),
    )
    run, text = proposed(project, *files)
    south, north = sources(run, "interval_counts")
    assert south.file == "krakow.csv"
    assert south.dialect.encoding == "cp1250"
    assert south.columns["starts"].join == ("Data", "Od")  # type: ignore[union-attr]
    plain = {name: column for name, column in south.columns.items() if name not in ("starts", "queue")}
    assert plain == {"offered": "Zgłoszone", "answered": "Odebrane", "in_time_of_answered": "SL 30 s",
                     "abandoned_share": "Porzucone", "mean_wait": "ASA", "mean_handle": "AHT"}  # fmt: skip
    assert south.constants["within_seconds"] == "30"
    assert (north.constants["within_seconds"], north.constants["short_seconds"]) == ("20", "5")
    assert north.columns["abandoned_short"] == "Porzucone krótkie do 5 s"
    assert (south.constants["unit_id"], north.constants["unit_id"]) == ("krakow", "warszawa")
    for question in ("is it a share of those answered?", "Which unit is it?", "is it written in cp1250?"):
        assert question in text
    counts = held(project, run).frame("interval_counts")
    assert set(counts["unit_id"]) == {"krakow", "warszawa"}
    assert counts["in_time_of_answered"].dropna().unique().tolist() == [0.75]
    assert run.period.start.isoformat() == "2025-10-01"


def test_one_file_or_files_called_by_what_they_hold_name_no_unit(project: Path) -> None:
    files = (
        written(project, "phone_intervals.csv", warsaw()),
        written(project, "chat_intervals.csv", warsaw()),
    )
    run, _ = proposed(project, *files)
    assert {source.constants["unit_id"] for source in sources(run, "interval_counts")} == {"all"}


def test_a_share_in_time_is_not_proposed_beside_its_number(project: Path) -> None:
    lines = [warsaw()[0] + ";Poziom obsługi", *(f"{row};75,0%" for row in warsaw()[1:])]
    (source,) = sources(proposed(project, written(project, "warszawa.csv", lines))[0], "interval_counts")
    assert source.columns["answered_in_time"] == "Odebrane do 20 s"
    assert "in_time_of_answered" not in source.columns


FIGURES = [
    "id;placówka;miesiąc;wskaźnik;wartość;próg [s]",
    *(f"{kind}-{month};WAW;2025-{month:02};{name};{month},5%;20"
      for month in range(1, 10) for kind, name in (("SL", "poziom obsługi"), ("AB", "porzucone"))),
]  # fmt: skip


def test_polish_figures_by_month(project: Path) -> None:
    (source,) = sources(
        proposed(project, written(project, "opublikowane.csv", FIGURES))[0], "published_figures"
    )
    assert source.values["measure"] == {"poziom obsługi": "answered_within", "porzucone": "abandoned"}
    assert source.columns["period_start"] == source.columns["period_end"] == "miesiąc"
    assert (source.dates_of["period_start"].of_month, source.dates_of["period_end"].of_month) == (
        "first",
        "last",
    )


@pytest.mark.parametrize(
    ("text", "encoding", "central"),
    [
        ("Zgłoszone;Odebrane;Porzucone", "cp1250", True),
        ("Příjezd;Pobočka;Žádost", "cp1250", True),
        ("N° client;Résolu;Où;œuvre", "cp1252", False),
        ("Größe;Straße;für", "cp1252", False),
        ("Año;¿Resuelto?;Señora", "cp1252", False),
        ("Menge in m³;Nutzung", "cp1252", False),
        ("Åben;Besøg;Kø", "cp1252", False),
        ("plain", "ascii", False),
    ],
)
def test_letters_tell_central_from_western_europe(
    tmp_path: Path, text: str, encoding: str, *, central: bool
) -> None:
    raw = f"{text}\n".encode(encoding) * 20
    assert is_central(raw) == central
    (tmp_path / "a.csv").write_bytes(raw)
    guess = guess_encoding(tmp_path / "a.csv", name="a.csv")
    assert (guess.value == "cp1250") == central
    assert bool(guess.doubt) == central


def test_polish_letters_limits_and_totals() -> None:
    assert simplified("Zgłoszone") == "zgloszone"
    assert simplified("N° appel") == "no appel"
    assert [limit_named(name) for name in ("Odebrane do 20 s", "w ciągu 30 sekund", "SL 30 s", "AHT")] == [
        20,
        30,
        30,
        0,
    ]
    assert all(map(is_total, ("Razem", "Ogółem", "Łącznie:")))
