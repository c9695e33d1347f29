"""What a module calls things."""

from __future__ import annotations

import ast
from pathlib import Path


def words(file: Path) -> set[str]:
    """All names and texts in a module; what docstrings tell is for people."""
    tree = ast.parse(file.read_text())
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found = set[str]()
    for node in ast.walk(tree):
        for _, value in ast.iter_fields(node):
            if isinstance(value, str) and id(node) not in told:
                found.add(value)
    return found
