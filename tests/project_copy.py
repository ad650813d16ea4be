"""Parts of this project copied to where a test may change them."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]


def project_copy(root: Path, *folders: str) -> Path:
    """Copy `folders` of the project to the same places below `root`, and return `root`."""
    for folder in folders:
        left_out = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out, dirs_exist_ok=True)
    return root
