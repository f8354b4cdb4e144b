"""The command line: one file for each noun; errors become one line here and nowhere else."""

from __future__ import annotations

import sys

import click

from composer_daw import __version__
from composer_daw.cli.lazy import LazyGroup
from composer_daw.errors import ComposerError

COMMANDS = {
    "render": ("composer_daw.cli.render:render", "Render a score with one instrument."),
    "audition": ("composer_daw.cli.audition:audition", "Hear versions of a score on a page."),
    "compose": ("composer_daw.cli.compose:compose", "Compose a song from a song file."),
    "dataset": ("composer_daw.cli.dataset:dataset", "Make data sets of playing techniques."),
    "emotions": ("composer_daw.cli.emotions:emotions", "Show how emotions are played."),
    "evaluate": ("composer_daw.cli.evaluate:evaluate", "Measure and check music."),
    "humanize": ("composer_daw.cli.humanize:humanize", "Play a score in an emotion, as MIDI."),
    "instruments": ("composer_daw.cli.instruments:instruments", "Show the instruments that ship."),
    "plugins": ("composer_daw.cli.plugins:plugins", "Show the plugins of this machine."),
    "presets": ("composer_daw.cli.presets:presets", "Capture, check and vary the sounds of plugins."),
    "techniques": ("composer_daw.cli.techniques:techniques", "Show and check technique maps."),
}


@click.group(cls=LazyGroup, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="composer-daw")
def root() -> None:
    """Render and articulate MIDI through real instruments, with a label for every note."""


def main() -> None:
    """Run a command; exit with 0, with 1 and one line for an error, or with 2 for a wrong call."""
    try:
        sys.exit(root.main(standalone_mode=False))
    except ComposerError as error:
        click.secho(f"error: {error}", err=True, fg="red" if sys.stderr.isatty() else None)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
