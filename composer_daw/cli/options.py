"""Options that several commands share."""

from __future__ import annotations

import click

instrument_option = click.option(
    "-i",
    "--instrument",
    required=True,
    metavar="INSTRUMENT",
    help="A name that ships, or the path of a YAML.",
)
sample_rate_option = click.option(
    "--sample-rate", type=click.IntRange(16_000, 192_000), default=44_100, show_default=True, help="In Hz."
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=0,
    show_default=True,
    help="The same seed, the same bytes.",
)
out_of_range_option = click.option(
    "--out-of-range",
    type=click.Choice(["fail", "drop"]),
    default="fail",
    show_default=True,
    help="What to do about notes that the instrument does not have.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
force_option = click.option("--force", is_flag=True, help="Write over what is there.")
workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Processes at once; as many as cores and memory allow if not given.",
)
