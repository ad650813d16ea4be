"""The standard an audit judges by: files found, measures collected, every criterion judged."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import auditlib
from auditlib.audit.opening import project_root
from auditlib.errors import ParameterError, Problem
from auditlib.files import write_text
from auditlib.parameters import claims
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.parameters.shape import nearest
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.edition_characteristic import stored_text
from auditlib.standards.lint import check_edition, check_profile
from auditlib.standards.measure import Context, Measure, Tables, collect
from auditlib.standards.profile import Demands, ProfileModel, demands_on, load_profile
from auditlib.standards.verdict import Verdict, assess


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """Return every measure of the suite, by metric: those of each room with a module ``measures``."""
    rooms = sorted(path.parent.name for path in Path(auditlib.__path__[0]).glob("*/measures.py"))
    return collect(importlib.import_module(f"auditlib.{room}.measures") for room in rooms)


def verdict_on(
    tables: Tables,
    run: Run,
    *,
    root: Path,
    standard: str = "",
    profile: str = "",
    context: Context | None = None,
) -> Verdict:
    """Judge the evidence of an audit by a standard.

    Parameters
    ----------
    tables
        The evidence.
    run
        What the audit chose; its standard and profile hold unless others are named.
    root
        The project: the folder that holds params/.
    standard
        Another edition, for example ``service-excellence@2026``: the same evidence restated. The run's
        own profile belongs to its own edition and is then left out.
    profile
        Another profile, by name.
    context
        That of an earlier verdict on this run: what it measured is not measured again.

    Raises
    ------
    ParameterError
        Where an edition or a profile does not exist, or is wrong.
    """
    edition = read_edition(standard or run.standard, root=root)
    default_profile = "" if standard and standard != run.standard else run.profile
    demands = demands_of(edition, run, root=root, profile=profile or default_profile)
    return assess(demands, measures(), tables, context or Context(run, texts(run, root=root)))


def judge(engagement: Engagement, *, standard: str = "", profile: str = "") -> VerdictAnswer:
    """Judge an audit by its standard, or by another edition of it; see `verdict_on`."""
    root = project_root(Path.cwd())
    context = _context_of(engagement, root)
    chosen = {"standard": standard, "profile": profile}
    return VerdictAnswer(
        verdict_on(engagement.evidence, engagement.run, root=root, context=context, **chosen)
    )


def demanded(engagement: Engagement) -> Demands:
    """Return what the party of an audit is judged by: its standard with its profile."""
    root, run = project_root(Path.cwd()), engagement.run
    return demands_of(read_edition(run.standard, root=root), run, root=root, profile=run.profile)


@lru_cache(maxsize=1)
def _context_of(engagement: Engagement, root: Path) -> Context:
    """Return what measures need in an open audit, the same each time it is judged."""
    return Context(engagement.run, texts(engagement.run, root=root))


def demands_of(edition: Edition, run: Run, *, root: Path, profile: str) -> Demands:
    """Return what the party is judged by on the last day of the period."""
    model = read_profile(profile, root=root) if profile else None
    return demands_on(edition, run.period.end, profile=model, successor=successor_of(edition, root=root))


def successor_of(edition: Edition, *, root: Path) -> Edition | None:
    """Return the edition that follows `edition` in its standard; None for the latest."""
    later = [name for name in editions(root=root) if name.startswith(f"{edition.standard}@")]
    after = [name for name in later if name > edition.name]
    return read_edition(after[0], root=root) if after else None


def standard_file(name: str) -> str:
    """Return the file of an edition, relative to the project, for example of ``service-excellence@2026``."""
    standard, _, year = name.partition("@")
    return f"params/standards/{standard}/{year}.yaml"


def characteristic_file(name: str) -> str:
    """Return the file beside an edition that holds its operating characteristic."""
    return standard_file(name).replace(".yaml", ".characteristic.csv")


def write_characteristic(name: str, *, root: Path) -> str:
    """Make the operating characteristic of an edition again; return the file written."""
    file = characteristic_file(name)
    write_text(root / file, stored_text(read_edition(name, root=root), measures()))
    return file


def profile_file(name: str) -> str:
    """Return the file of a profile, relative to the project."""
    return f"params/profiles/{name}.yaml"


def editions(*, root: Path) -> tuple[str, ...]:
    """Return the editions of the project, oldest first within each standard."""
    paths = sorted((root / "params" / "standards").glob("*/[0-9][0-9][0-9][0-9].yaml"))
    return tuple(f"{path.parent.name}@{path.stem}" for path in paths)


def read_edition(name: str, *, root: Path) -> Edition:
    """Return an edition by its name."""
    names = editions(root=root)
    if name not in names:
        raise _unknown(name, names)
    file = standard_file(name)
    return load_edition((root / file).read_text(encoding="utf-8"), name=file)


def _unknown(name: str, names: tuple[str, ...]) -> ParameterError:
    remedy = those_there_are(name, names) or "Put editions into params/standards/."
    return ParameterError(Problem(f"there is no standard {name!r}.", standard_file(name), remedy=remedy))


def read_profile(name: str, *, root: Path) -> ProfileModel:
    """Return a profile by its name."""
    file = profile_file(name)
    path = root / file
    if not path.is_file():
        names = profiles(root=root)
        remedy = those_there_are(name, names) or "Put profiles into params/profiles/."
        raise ParameterError(Problem(f"there is no profile {name!r}.", file, remedy=remedy))
    return load_profile(path.read_text(encoding="utf-8"), name=file)


def those_there_are(name: str, names: Sequence[str]) -> str:
    """Return the name in `names` that may have been meant, and all of them; empty where there is none."""
    near = nearest(name, names)
    meant = f"Did you mean {near!r}? " if near else ""
    return f"{meant}There are {', '.join(names)}." if names else ""


def profiles(*, root: Path) -> tuple[str, ...]:
    """Return the names of the project's profiles."""
    return tuple(sorted(path.stem for path in (root / "params" / "profiles").glob("*.yaml")))


def check_law(name: str, *, root: Path, day: date | None = None) -> list[Problem]:
    """Return the problems of an edition, or of a profile, by its name.

    Parameters
    ----------
    day
        For profiles: the day on which waivers must not have expired; default: the last day of the edition
        it is written for.
    """
    try:
        return _check_edition(name, root=root) if "@" in name else _check_profile(name, root=root, day=day)
    except ParameterError as error:
        return list(error.problems)


def _check_profile(name: str, *, root: Path, day: date | None) -> list[Problem]:
    profile = read_profile(name, root=root)
    edition = read_edition(profile.standard, root=root)
    file = profile_file(name)
    text = (root / file).read_text(encoding="utf-8")
    return check_profile(text, name=file, edition=edition, day=day or edition.effective_to)


def _check_edition(name: str, *, root: Path) -> list[Problem]:
    names = editions(root=root)
    if name not in names:
        raise _unknown(name, names)
    standard, _, _year = name.partition("@")
    earlier = [edition for edition in names if edition.startswith(f"{standard}@") and edition < name]
    before = read_edition(earlier[-1], root=root) if earlier else None
    file = standard_file(name)
    text = (root / file).read_text(encoding="utf-8")
    return check_edition(text, name=file, measures=measures(), before=before)


def texts(run: Run, *, root: Path) -> dict[str, str]:
    """Return the policies the run names, all calendars, definitions and claims, by their path in params/."""
    names = [f"policies/{policy.partition('@')[0]}.yaml" for policy in run.policies]
    whole = [
        path for folder in ("calendars", "definitions") for path in (root / "params" / folder).glob("*.yaml")
    ]
    paths = [*(root / "params" / name for name in names), *sorted(whole), root / "params" / claims.FILE]
    return {
        path.relative_to(root / "params").as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if path.is_file()
    }
