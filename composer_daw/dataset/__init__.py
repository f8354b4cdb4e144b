"""Data sets of playing techniques: records, plans, runs, labels and manifests."""

from composer_daw.dataset.manifest import load_manifest
from composer_daw.dataset.plan import Plan, joined, plan_versions
from composer_daw.dataset.record import Outcome, Record
from composer_daw.dataset.run import Report, find_record, render_again, run_plan

__all__ = [
    "Outcome",
    "Plan",
    "Record",
    "Report",
    "find_record",
    "joined",
    "load_manifest",
    "plan_versions",
    "render_again",
    "run_plan",
]
