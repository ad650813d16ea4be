"""Signatures, the ledger and sign-offs of a finished run: what was changed is named, a wrong key fails."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tiny_project import CLOSING, Tiny, notebook, tiny_project

from auditlib.cli import main
from auditlib.errors import ParameterError, VerificationFailed
from auditlib.seal import verify
from auditlib.seal.envelope import SIGNATURE
from auditlib.seal.keys import make_keys
from auditlib.seal.ledger import append, latest, ledger_path, page_path, read_ledger
from auditlib.seal.signing import Role, sign_off, sign_offs, sign_run
from auditlib.seal.verifying import verify_all


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    tiny = tiny_project(tmp_path_factory.mktemp("sealed"), names=("01_one",))
    tiny.perform()
    return tiny


@pytest.fixture
def tiny(performed: Tiny, tmp_path: Path) -> Tiny:
    """A copy of the finished project."""
    return Tiny(Path(shutil.copytree(performed.root, tmp_path / "project")))


def ledger(tiny: Tiny) -> Path:
    return ledger_path(tiny.finished.parent, "tiny")


def signed_page(tiny: Tiny) -> Path:
    return page_path(tiny.finished.parent, "tiny")


def words(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return " ".join((captured.out + captured.err).split())


def test_a_signed_run_verifies_with_its_key_and_fails_with_another(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("mine", "other"):
        assert main(["keygen", str(tmp_path / name)]) == 0
    assert main(["verify", str(tiny.finished), "--key", str(tmp_path / "mine.pub")]) == 5
    assert "not signed" in words(capsys)
    assert main(["sign", str(tiny.finished), "--key", str(tmp_path / "mine.key")]) == 0
    assert main(["verify", str(tiny.finished), "--key", str(tmp_path / "mine.pub")]) == 0
    assert "Signed by key" in words(capsys)
    assert main(["verify", str(tiny.finished), "--key", str(tmp_path / "other.pub")]) == 5
    assert "no signature is by the key" in words(capsys)
    assert main(["verify", str(tiny.finished), "--key", str(tmp_path / "mine.key")]) == 2


def test_signing_twice_changes_nothing_and_two_may_sign(tiny: Tiny, tmp_path: Path) -> None:
    keys = [make_keys(tmp_path / name) for name in ("one", "two")]
    sign_run(tiny.finished, key=keys[0][0])
    first = (tiny.finished / SIGNATURE).read_bytes()
    sign_run(tiny.finished, key=keys[0][0])
    assert (tiny.finished / SIGNATURE).read_bytes() == first
    sign_run(tiny.finished, key=keys[1][0])
    verify_all(tiny.finished, keys=[public for _, public in keys])
    with pytest.raises(VerificationFailed, match="nobody checked"):
        verify_all(tiny.finished, keys=[keys[1][1]])


def test_a_changed_signature_fails(tiny: Tiny, tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "key")
    sign_run(tiny.finished, key=secret)
    path = tiny.finished / SIGNATURE
    content = path.read_bytes()
    envelope = json.loads(content)
    first = envelope["signatures"][0]["sig"]
    envelope["signatures"][0]["sig"] = ("A" if first[0] != "A" else "B") + first[1:]
    path.write_text(json.dumps(envelope, sort_keys=True, indent=1, ensure_ascii=False) + "\n")
    with pytest.raises(VerificationFailed, match="not good"):
        verify_all(tiny.finished, keys=[public])
    for index in range(0, len(content), 37):
        path.write_bytes(content[:index] + bytes([content[index] ^ 1]) + content[index + 1 :])
        with pytest.raises(VerificationFailed, match=r"signature|signed"):
            verify_all(tiny.finished, keys=[public])


def test_a_signature_does_not_fit_another_run(tiny: Tiny, tmp_path: Path) -> None:
    secret, _ = make_keys(tmp_path / "key")
    sign_run(tiny.finished, key=secret)
    kept = (tiny.finished / SIGNATURE).read_bytes()
    tiny.write_run({"01_one": ""}, title="Another")
    tiny.perform()
    assert not (tiny.finished / SIGNATURE).exists()
    (tiny.finished / SIGNATURE).write_bytes(kept)
    with pytest.raises(VerificationFailed, match="another manifest"):
        verify(tiny.finished)


def test_an_altered_run_is_not_signed(tiny: Tiny, tmp_path: Path) -> None:
    secret, _ = make_keys(tmp_path / "key")
    (tiny.finished / "findings.json").write_text("{}")
    with pytest.raises(VerificationFailed, match=r"findings\.json"):
        sign_run(tiny.finished, key=secret)


def test_keys_are_for_their_owner_and_never_replaced(tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "key")
    assert secret.stat().st_mode & 0o077 == 0
    with pytest.raises(ParameterError, match="already"):
        make_keys(tmp_path / "key")
    with pytest.raises(ParameterError, match="no secret Ed25519 key"):
        sign_run(tmp_path, key=public)


def test_parameters_are_entered_before_the_data_and_changes_are_listed(tiny: Tiny) -> None:
    fixed = verify(tiny.finished).manifest.fixed
    assert fixed is not None
    assert (fixed.before_data, fixed.changes) == (True, ())
    events = [entry.event for entry in read_ledger(ledger(tiny))]
    assert events == ["parameters", "data read", "sealed"]
    tiny.write_run({"01_one": "{limit: 6}"}, title="Changed")
    tiny.perform()
    changed = verify(tiny.finished).manifest.fixed
    assert changed is not None
    assert changed.at == fixed.at
    (change,) = changed.changes
    assert (change.parts, change.after_data) == (("notebooks", "title"), True)
    tiny.perform()
    assert len(read_ledger(ledger(tiny))) == 5


def test_a_run_whose_ledger_is_gone_does_not_claim_to_be_first(tiny: Tiny) -> None:
    ledger(tiny).unlink()
    tiny.perform(fresh=True)
    fixed = verify(tiny.finished).manifest.fixed
    assert fixed is not None
    assert fixed.before_data is False


def test_every_changed_removed_or_added_line_is_named(tiny: Tiny) -> None:
    path = ledger(tiny)
    lines = path.read_bytes().split(b"\n")[:-1]
    broken = {
        1: [lines[0].replace(b"parameters", b"parameterz"), *lines[1:]],
        2: [lines[0], lines[2]],
        3: [lines[0], lines[1], lines[1], lines[2]],
    }
    for line, content in broken.items():
        path.write_bytes(b"\n".join(content) + b"\n")
        with pytest.raises(VerificationFailed) as caught:
            verify(tiny.finished)
        assert caught.value.problems[0].line == line


def test_a_ledger_cut_before_the_seal_is_noticed(tiny: Tiny) -> None:
    path = ledger(tiny)
    first = path.read_bytes().split(b"\n")[0]
    path.write_bytes(first + b"\n")
    with pytest.raises(VerificationFailed, match="lacks entries"):
        verify(tiny.finished)


def cut(path: Path, *, to: int) -> None:
    """Leave the first `to` lines of a ledger: a chain that is whole in itself."""
    lines = path.read_bytes().split(b"\n")[:to]
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def test_a_ledger_cut_at_the_seal_is_noticed(tiny: Tiny) -> None:
    sign_off(tiny.finished, role=Role.PREPARER, name="Ada Lind", at=now())
    cut(ledger(tiny), to=2)
    with pytest.raises(VerificationFailed, match="lacks the entry that this run was sealed"):
        verify(tiny.finished)


def test_entries_before_a_signature_cannot_be_cut_off(tiny: Tiny, tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "key")
    sign_off(tiny.finished, role=Role.PREPARER, name="Ada Lind", at=now())
    sign_run(tiny.finished, key=secret)
    sign_off(tiny.finished, role=Role.REVIEWER, name="Ben Roth", at=now())
    verify_all(tiny.finished, keys=[public])
    cut(ledger(tiny), to=5)
    assert len(verify(tiny.finished).ledger) == 5, "what came after the signature nobody remembers"
    cut(ledger(tiny), to=4)
    with pytest.raises(VerificationFailed, match="when the run was signed"):
        verify(tiny.finished)


def test_signing_again_speaks_of_the_entries_since(tiny: Tiny, tmp_path: Path) -> None:
    secret, _ = make_keys(tmp_path / "key")
    sign_run(tiny.finished, key=secret)
    sign_off(tiny.finished, role=Role.PREPARER, name="Ada Lind", at=now())
    sign_run(tiny.finished, key=secret)
    cut(ledger(tiny), to=4)
    with pytest.raises(VerificationFailed, match="when the run was signed"):
        verify(tiny.finished)


def test_a_hash_that_was_noted_down_shows_what_was_cut_off(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(tiny.finished)
    assert main(["signoff", run, "--role", "preparer", "--name", "Ada Lind"]) == 0
    (head,) = {one for one in words(capsys).split() if len(one) == 64}
    page = signed_page(tiny).read_text(encoding="utf-8")
    assert head in page
    assert "Ada Lind" in page
    for noted in (head, head[:16]):
        assert main(["verify", run, "--head", noted]) == 0
    assert main(["verify", run, "--head", head[:15]]) == 2
    assert main(["verify", run, "--head", "x" * 16]) == 2
    capsys.readouterr()
    cut(ledger(tiny), to=3)
    assert main(["verify", run]) == 5, "the page of the sign-off is still there"
    signed_page(tiny).unlink()
    assert main(["verify", run]) == 0
    assert "lost entries at the end, because no hash of one was given" in words(capsys)
    assert main(["verify", run, "--head", head]) == 5
    assert "holds no entry" in words(capsys)
    ledger(tiny).unlink()
    assert main(["verify", run, "--head", head]) == 5


def test_a_line_that_was_never_finished_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "a.ledger.jsonl"
    append(path, "one", {"x": 1}, at=now())
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":2,"at')
    assert len(read_ledger(path)) == 1
    append(path, "two", {}, at=now())
    assert [entry.event for entry in read_ledger(path)] == ["one", "two"]
    assert path.read_bytes().startswith(whole)
    assert latest(read_ledger(path), "one") == read_ledger(path)[0]


def test_preparer_and_reviewer_differ(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(tiny.finished)
    assert main(["signoff", run, "--role", "reviewer", "--name", "Ben Roth"]) == 2
    assert "nobody has signed" in words(capsys)
    assert main(["signoff", run, "--role", "preparer", "--name", "Ada  Lind"]) == 0
    for same in ("Ada Lind", "ADA LIND", " ada lind "):
        assert main(["signoff", run, "--role", "reviewer", "--name", same]) == 2
        assert "cannot review" in words(capsys)
    assert main(["signoff", run, "--role", "preparer", "--name", "Cy Moe"]) == 2
    assert main(["signoff", run, "--role", "boss", "--name", "Cy Moe"]) == 2
    assert main(["signoff", run, "--role", "reviewer", "--name", "  "]) == 2
    capsys.readouterr()
    assert main(["signoff", run, "--role", "reviewer", "--name", "Ben Roth"]) == 0
    assert main(["verify", run]) == 0
    shown = words(capsys)
    assert "Signed off by Ada Lind as preparer" in shown
    assert "Signed off by Ben Roth as reviewer" in shown


def test_a_sign_off_belongs_to_the_run_as_it_was_sealed(tiny: Tiny) -> None:
    sign_off(tiny.finished, role=Role.PREPARER, name="Ada Lind", at=now())
    tiny.write_run({"01_one": ""}, title="Another")
    tiny.perform()
    verified = verify(tiny.finished)
    assert sign_offs(verified.ledger, seal=verified.manifest.seal) == ()


def test_a_copy_without_its_ledger_does_not_verify(tiny: Tiny, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny.finished, tmp_path / "elsewhere" / "tiny"))
    with pytest.raises(VerificationFailed, match="is missing, and the run was sealed with 2 entries"):
        sign_off(copy, role=Role.PREPARER, name="Ada Lind", at=now())


def test_a_claim_that_did_not_come_from_the_register_stops_the_run(tiny: Tiny) -> None:
    before = tiny.files()
    text = CLOSING.replace("It is 0.5.", "It is {claim:open}.")
    tiny.write_notebook("01_one", notebook("01_one", closing=text))
    with pytest.raises(ParameterError, match="01_one quotes the claim 'open'"):
        tiny.perform()
    assert tiny.files() == before
