"""Templates of the audition page, and what stands in it that is not ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer_daw.pages.templating import filled

if TYPE_CHECKING:
    from markupsafe import Markup

VENDOR = Path(__file__).parent / "vendor"


def fill(template: str, **values: Any) -> Markup:
    """Return a template of `composer_daw/studio/templates` filled with values, each escaped unless Markup."""
    return filled("composer_daw.studio", template, values)


def vendored(name: str) -> Markup:
    """Return a file of `composer_daw/studio/vendor` as it stands."""
    from markupsafe import Markup

    return Markup((VENDOR / name).read_text(encoding="utf-8"))
