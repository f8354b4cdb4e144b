"""Templates: Jinja environments, autoescape on, for everything that becomes HTML."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


def fill(template: str, **values: Any) -> Markup:
    """Return a template of `composer_daw/pages/templates` filled with values, each escaped unless Markup."""
    return filled("composer_daw.pages", template, values)


def filled(package: str, template: str, values: dict[str, Any]) -> Markup:
    """Return a template of the folder `templates` of a package, filled with values."""
    from markupsafe import Markup

    return Markup(_environment(package).get_template(template).render(values))


@cache
def _environment(package: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )
