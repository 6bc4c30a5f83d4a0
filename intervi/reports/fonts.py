"""Our two typefaces as typst wants them: the same files that the pages are served (SIL Open Font License, beside them in ``assets/fonts``),
unpacked from WOFF2 and cut at the weights that a report uses. Made once, in ``var/``.
"""

import contextlib
import os
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from intervi.settings import REPOSITORY_ROOT, settings

WEIGHTS = {"newsreader": (400,), "instrument-sans": (400, 600)}
FAMILIES = {"newsreader": "Newsreader", "instrument-sans": "Instrument Sans"}
SUBSETS = {"latin": "", "latin-ext": " Extended"}
"""The files by what they cover, and what is added to the family's name: typst looks for a letter in one family after the other."""
_SOURCE = REPOSITORY_ROOT / "assets" / "fonts"
_FAMILY_NAMES = (1, 4, 16)
_POSTSCRIPT_NAME = 6


@lru_cache(maxsize=1)
def font_directory() -> Path:
    """The directory with the fonts. Two processes that make it at once end with the same files."""
    directory = settings().home / "fonts"
    if not directory.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=directory.parent, prefix="fonts.") as draft:
            for name in WEIGHTS:
                for subset in SUBSETS:
                    _cut(name, subset, Path(draft))
            Path(draft).chmod(0o755)
            with contextlib.suppress(OSError):  # the other process was faster
                os.rename(draft, directory)
                Path(draft).mkdir()  # for the temporary directory to remove
    return directory


def _cut(name: str, subset: str, directory: Path) -> None:
    for weight in WEIGHTS[name]:
        font = TTFont(_SOURCE / f"{name}-{subset}-wght-normal.woff2")
        font.flavor = None
        cut = instantiateVariableFont(
            font, {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
        )
        family = FAMILIES[name] + SUBSETS[subset]
        for record in cut["name"].names:
            if record.nameID in _FAMILY_NAMES:
                record.string = family
            elif record.nameID == _POSTSCRIPT_NAME:
                record.string = f"{family}-{weight}".replace(" ", "")
        cut["OS/2"].usWeightClass = weight
        cut.save(directory / f"{name}-{subset}-{weight}.ttf")
