"""Lint: what a technique map may say, but cannot mean."""

from composer_daw.techniques.lint.findings import CHECKS, Finding, finding_of_error, lint_map

__all__ = ["CHECKS", "Finding", "finding_of_error", "lint_map"]
