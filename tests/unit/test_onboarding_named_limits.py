"""Headers of interval counts that say a limit in seconds, in the languages clients write in."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
BELOW = [
    tuple(names.split())
    for names in (
        "unit queue interval_start offered answered answered_within_20_s abandoned abandoned_under_10_s",
        "enhet kö kvart_start inkomna besvarade besvarade_inom_20_sek avbrutna avbrutna_under_10_sek",
        "afdeling koe interval tilbudte besvarede besvarede_inden_for_20_sek opgivne opgivne_før_10_sek",
        "ort gruppe intervall angeboten angenommen angenommen_in_20_s abgebrochen abgebrochen_unter_10_sek",
        "centro cola intervalo ofrecidas atendidas atendidas_en_20_s abandonadas abandonadas_antes_de_10_s",
        "loja fila hora oferecidas atendidas atendidas_ate_20_s abandonadas abandonadas_em_menos_de_10_s",
        "site file intervalle presentes repondus repondus_en_20_s abandonnes abandonnes_avant_10_s",
        "sede coda intervallo offerte risposte risposte_entro_20_s abbandonate abbandonate_prima_di_10_s",
        "team rij interval aangeboden beantwoord beantwoord_binnen_20_s gemist opgehangen_minder_dan_10_s",
    )
]


def constants(folder: Path, header: tuple[str, ...]) -> tuple[Run, str]:
    (folder / "params" / "runs").mkdir(parents=True)
    (folder / "notebooks").symlink_to(ROOT / "notebooks")
    times = [f"2025-09-{day:02} {hour:02}:{quarter}" for day in range(1, 9) for hour in (9, 10)
             for quarter in ("00", "15", "30", "45")]  # fmt: skip
    rows = [
        f"Malmo;{'AB'[n % 2]};{time};{n % 9 + 9};{n % 9 + 7};{n % 9 + 5};2;1" for n, time in enumerate(times)
    ]
    file = folder / "interval_counts.csv"
    file.write_text("\n".join((";".join(header), *rows, "")), encoding="utf-8")
    text = new("small", [file], start=folder).run_file.read_text("utf-8")
    return load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small"), text


@pytest.mark.parametrize("header", BELOW, ids=[header[-1] for header in BELOW])
def test_limits_are_read_from_headers_with_joined_words(tmp_path: Path, header: tuple[str, ...]) -> None:
    run, text = constants(tmp_path, header)
    (source,) = [source for source in run.sources if source.table == "interval_counts"]
    assert source.label("answered_in_time") == header[5]
    assert source.label("abandoned_short") == header[7]
    assert source.constants["within_seconds"] == "20"
    assert source.constants["short_seconds"] == "10"
    assert source.constants["short_inclusive"] == "false"
    assert not [line for line in text.splitlines() if "short_" in line and DECIDE in line]


def test_whether_the_limit_itself_is_short_is_asked_where_the_header_does_not_say(tmp_path: Path) -> None:
    _, text = constants(tmp_path, (*BELOW[0][:-1], "abandoned_within_10_s"))
    assert 'short_inclusive: "true"   # DECIDE: is a wait of exactly 10 seconds short?' in text
