"""A first run file for contacts, intervals, outages and published figures, whatever language they are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.onboarding.vocabulary import simplified
from auditlib.parameters.load import load
from auditlib.parameters.run import Run, Source

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params" / "runs").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    (tmp_path / "data").mkdir()
    return tmp_path


def written(project: Path, name: str, lines: Sequence[str], *, encoding: str = "utf-8") -> Path:
    file = project / "data" / name
    file.write_text("\n".join((*lines, "")), encoding=encoding)
    return file


def proposed(project: Path, *files: Path) -> tuple[Run, str]:
    """Return the run file that a first look proposes, its questions answered as proposed."""
    text = new("small", files, start=project).run_file.read_text("utf-8")
    return load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small"), text


def held(project: Path, run: Run) -> Evidence:
    return prepare(run, project / "data", project / "store")


def sources(run: Run, table: str) -> list[Source]:
    return [source for source in run.sources if source.table == table]


MEXICAN = [
    "tramo,expediente,consultorio,canal,fila,fecha_hora,espera_seg,atencion_seg,contestada,paciente,motivo",
    *(f"L{day:02},F{day // 2:02},CEN,Llamada,general,{day:02}/04/2025 09:00:05,{day},{day * 10},sí,P1,cita"
      for day in range(1, 21)),
    *(f"L{day},F{day},NOR,WhatsApp,general,{day}/04/2025 10:00:05,{day},,no,P2,receta"
      for day in range(21, 27)),
    *(f"L{day},F{day},NOR,Mostrador,general,{day}/04/2025 11:00:05,,,no,P3,receta" for day in range(27, 29)),
]  # fmt: skip


def test_contacts_with_durations_and_a_flag_are_read_once_for_each_thing_a_wait_means(project: Path) -> None:
    run, text = proposed(project, written(project, "contactos.csv", MEXICAN, encoding="cp1252"))
    answered, given_up, still_open = sources(run, "interactions")
    assert answered.columns["answered"].model_dump(exclude_none=True) == {
        "after": "offered", "duration": "espera_seg", "unit": "seconds",
    }  # fmt: skip
    assert answered.dates.formats == ("%d/%m/%Y %H:%M:%S",)
    assert given_up.columns["ended"].after == "offered"
    assert [source.constants["abandoned"] for source in (answered, given_up, still_open)] == [
        "false",
        "true",
        "false",
    ]
    assert "period: {start: 2025-04-01, end: 2025-04-28}" in text
    assert "The column 'espera_seg' means two things by 'contestada': the file is read once for each." in text
    evidence = held(project, run)
    assert [total.rows_kept for total in evidence.totals if total.table == "interactions"] == [20, 6, 2]
    contacts = evidence.frame("interactions").set_index("interaction_id")
    wait = contacts["answered_at"] - contacts["offered_at"]
    assert wait["L07"] == 7_000_000
    assert (contacts["ended_at"] - contacts["answered_at"])["L07"] == 70_000_000
    assert (contacts["ended_at"] - contacts["offered_at"])["L21"] == 21_000_000
    assert contacts["answered_at"].isna()["L21"]
    assert contacts["ended_at"].isna()["L27"]
    assert set(contacts["channel"]) == {"phone", "messenger", "in_person"}
    assert contacts["matter"].notna().all()


SWEDISH = [
    "Kanal;Besvarad;Samtalstid (s);Väntetid (s);Köad;Avdelning;Ärendenr;Handläggare",
    *(f"Telefon;Ja;{90 + n};{n};2025-02-{n:02} 08:15:00;{'Lund' if n % 2 else 'Malmö'};A{n};H{n % 3}"
      for n in range(1, 20)),
    *(f"E-post;Nej;;{n};2025-02-{n} 09:30:00;Lund;A{n};" for n in range(20, 25)),
]  # fmt: skip


def test_swedish_contacts_in_another_order_of_columns(project: Path) -> None:
    run, _ = proposed(project, written(project, "aerenden.csv", SWEDISH))
    evidence = held(project, run)
    contacts = evidence.frame("interactions").set_index("interaction_id")
    assert len(contacts) == 24
    assert set(contacts["unit_id"]) == {"Lund", "Malmö"}
    assert set(contacts["channel"]) == {"phone", "email"}
    assert (contacts["answered_at"] - contacts["offered_at"])["A5"] == 5_000_000
    assert contacts["abandoned"].sum() == 5


NORWEGIAN = [
    "Samtale-ID\tInn\tVentetid\tSamtaletid\tKontor",
    *(f"S{n}\t{n:02}.03.2025 12:{n:02}\t0:00:{n:02}\t0:02:{n:02}\t{'Bergen' if n % 2 else 'Bodø'}"
      for n in range(1, 30)),
]  # fmt: skip


def test_dates_are_seen_by_their_values_and_durations_by_their_clocks(project: Path) -> None:
    run, text = proposed(project, written(project, "samtaler.txt", NORWEGIAN))
    (source,) = sources(run, "interactions")
    assert source.columns["offered"] == "Inn"
    assert source.columns["answered"].unit == "clock"
    assert "offered: Inn   # DECIDE: is it? By its values alone, such as '01.03.2025 12:01'" in text
    assert "channel: phone   # DECIDE: no column names the channel; phone is assumed." in text
    contacts = held(project, run).frame("interactions").set_index("interaction_id")
    assert (contacts["ended_at"] - contacts["answered_at"])["S9"] == 129_000_000


HALF_HOURS = [(hour, half) for hour in range(8, 16) for half in ("00", "30")]
LATER = "Viderestillet;Behandlingstid (sek);Udtrukket"
DANISH = [
    f"Kø;Dato;Kl.;Tilbudte;Besvarede;Besvaret inden 30 sek;Opgivet;Opgivet under 10 sek;{LATER}",
    *(f"{queue};14-05-2025;{hour:02}:{half};12;10;8;1;1;1;{hour}43,5;31-05-2025 06:00"
      for queue in ("Drift", "Salg") for hour, half in HALF_HOURS),
]  # fmt: skip


def test_danish_intervals_of_one_unit_with_day_and_clock_apart(project: Path) -> None:
    run, text = proposed(project, written(project, "intervaller.csv", DANISH, encoding="cp1252"))
    (source,) = sources(run, "interval_counts")
    assert source.constants == {
        "unit_id": "all", "channel": "phone", "within_seconds": "30", "short_seconds": "10", "length": "1800",
        "short_inclusive": "false",
    }  # fmt: skip
    assert "One unit for everything: no column names a place." in text
    evidence = held(project, run)
    assert [total.rows_quarantined for total in evidence.totals] == [0, 0]
    counts = evidence.frame("interval_counts")
    sums = ["offered", "answered", "answered_in_time", "abandoned", "abandoned_short", "flowed_out"]
    assert counts[sums].sum().tolist() == [384, 320, 256, 32, 32, 32]
    assert set(counts["queue"]) == {"Drift", "Salg"}
    assert counts["starts_second"].min() == 8 * 3600
    assert counts["handle_seconds"].max() in (1543.5, 1544)
    assert counts["exported_on"].notna().all()


DUTCH = [
    "Opgehangen,Binnen 20 sec,Beantwoord,Aangeboden,Tijdvak,Wachtrij,Vestiging",
    *(f"2,7,9,11,2025-05-{day:02} {hour:02}:00,Algemeen,{'Breda' if day % 2 else 'Delft'}"
      for day in range(1, 9) for hour in range(9, 17)),
]  # fmt: skip
ITALIAN = [
    "Data ora;Sede;Coda;Ricevute;Chiamate risposte;Risposte entro 60 secondi;Abbandonate;Attesa media",
    *(f"{day:02}/05/2025 {hour:02}:30;{'Roma' if day % 2 else 'Bari'};Info;20;18;15;2;31"
      for day in range(10, 20) for hour in range(9, 13)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "lines", "limit", "sums"),
    [("wachtrij.csv", DUTCH, "20", [704, 576, 448, 128]), ("report.csv", ITALIAN, "60", [800, 720, 600, 80])],
)
def test_intervals_in_further_languages(
    project: Path, name: str, lines: list[str], limit: str, sums: list[int]
) -> None:
    run, _ = proposed(project, written(project, name, lines))
    (source,) = sources(run, "interval_counts")
    assert source.constants["within_seconds"] == limit
    counts = held(project, run).frame("interval_counts")
    assert counts[["offered", "answered", "answered_in_time", "abandoned"]].sum().tolist() == sums
    assert counts["unit_id"].nunique() == 2
    assert ("mean_wait" in source.columns) == (name == "report.csv")


OUTAGES = {
    "interrupciones.csv": ["id,clinica,canal,inicio,fin", "I1,CEN,Llamada,03/06/2025 09:00,03/06/2025 12:00",
                           "I2,,WhatsApp,10/06/2025 22:00,11/06/2025 04:00",
                           "I3,NOR,Mostrador,12/06/2025 17:00,13/06/2025 09:00"],
    "falhas.csv": ["Fim da falha;Início da falha;Canal;Loja;Nº",
                   "2025-06-03 12:00;2025-06-03 09:00;Telefone;Porto;1",
                   "2025-06-11 04:00;2025-06-10 22:00;E-mail;Faro;2",
                   "2025-06-12 12:00;2025-06-12 10:00;Telefone;Faro;3"],
    "avbrott.csv": ["Nr;Kanal;X1;X2", "1;Telefon;2025-06-03 09:00;2025-06-03 12:00",
                    "2;Chatt;2025-06-10 22:00;2025-06-11 04:00",
                    "3;Telefon;2025-06-12 10:00;2025-06-12 12:00"],
}  # fmt: skip


@pytest.mark.parametrize("name", OUTAGES)
def test_few_rows_with_a_start_and_an_end_and_no_person_are_outages(project: Path, name: str) -> None:
    run, _ = proposed(project, written(project, name, OUTAGES[name]))
    (source,) = sources(run, "outages")
    assert set(source.columns) >= {"outage_id", "channel", "started", "ended"}
    evidence = held(project, run.model_copy(update={"sources": (source,)}))
    rows = evidence.frame("outages")
    assert len(rows) == 3
    assert (rows["started_at"] < rows["ended_at"]).all()


FIGURES = {
    "cifras.csv": (["id,canal,indicador,valor,segundos,desde,hasta,publicada,lugar",
                    "C1,Llamada,contestadas en 20 s,82 %,20,01/04/2025,30/06/2025,01/07/2025,sitio web"],
                   [0.82], [20], 0.01),
    "chiffres.csv": (["Support;Publié le;Du;Au;Valeur;Indicateur;Canal;Réf",
                      "rapport;15/07/2025;01/04/2025;30/06/2025;81,5 %;Appels répondus en 30 s;Appels;R1",
                      "rapport;15/07/2025;01/04/2025;30/06/2025;7 %;Appels abandonnés;Appels;R2"],
                     [0.815, 0.07], [30, 30], 0.001),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_figures_that_were_published(project: Path, name: str) -> None:
    lines, values, limits, step = FIGURES[name]
    run, _ = proposed(project, written(project, name, lines))
    (source,) = sources(run, "published_figures")
    figures = held(project, run.model_copy(update={"sources": (source,)})).frame("published_figures")
    assert figures["value"].tolist() == pytest.approx(values)
    assert figures["limit_seconds"].tolist() == limits
    assert set(figures["rounded_to"]) == {step}
    assert figures["measure"].tolist()[0] == "answered_within"
    assert figures[["period_start", "period_end", "published_on", "place"]].notna().all().all()


def test_a_zone_where_the_day_ends_later_is_audited_to_its_end(project: Path) -> None:
    units = ["clave,nombre,zona_horaria", "CEN,Centro,America/Mexico_City", "CUN,Cancún,America/Cancun"]
    register = written(project, "clinicas.csv", units)
    contacts = written(
        project, "contactos.csv", [MEXICAN[0], *(row.replace("NOR", "CUN") for row in MEXICAN[1:])]
    )
    _, text = proposed(project, register, contacts)
    assert "as_of: 2025-04-29T00:00:00-06:00" in text


def test_day_and_month_settled_by_one_column_are_asked_of_no_other(project: Path) -> None:
    _, text = proposed(project, written(project, "cifras.csv", FIGURES["cifras.csv"][0]))
    assert "# 'publicada': day and month in the order of 'hasta'" in text
    assert "day or month first?" not in text


def test_letters_of_the_north_are_no_gaps() -> None:
    assert [simplified(name) for name in ("Kø", "Kö", "Århus", "Ærø")] == ["koe", "koe", "arhus", "aeroe"]
