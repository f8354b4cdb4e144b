"""Templates of the audition page, and what stands in it that is not ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

VENDOR = Path(__file__).parent / "vendor"


def fill(template: str, **values: Any) -> Markup:
    """Return a template of `composer_daw/studio/templates` filled with values, each escaped unless Markup."""
    from markupsafe import Markup

    return Markup(_environment().get_template(template).render(values))


def vendored(name: str) -> Markup:
    """Return a file of `composer_daw/studio/vendor` as it stands."""
    from markupsafe import Markup

    return Markup((VENDOR / name).read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("composer_daw.studio"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )
