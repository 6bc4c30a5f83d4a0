"""Collects every text for translators, and brings their catalogues up to date: ``make messages``.

A text that is new has no translation yet, which a test refuses; one that is gone is dropped. Nothing is guessed ("fuzzy").
"""

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from intervi.settings import REPOSITORY_ROOT
from intervi.translation import LANGUAGES, catalogue_file, read_catalogue

_KEYWORDS = {**DEFAULT_KEYWORDS, "_": None, "N_": None, "fill": None, "fill_count": (1, 2), "ngettext": (1, 2)}
_METHODS = [("**.py", "python"), ("progress/data/*.yaml", "intervi.progress.catalogue:extract")]
_PACKAGES = ("intervi", "workers")


def collected() -> Catalog:
    """Every text of the code, and of the data that is shown as it is."""
    catalog = Catalog(fuzzy=False)
    for package in _PACKAGES:
        found = extract_from_dir(REPOSITORY_ROOT / package, _METHODS, keywords=_KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            catalog.add(message)
    return catalog


def update(locale: str) -> Catalog:
    """A language's catalogue with the texts there are now, as far as they are translated."""
    kept = read_catalogue(locale)
    kept.update(collected(), no_fuzzy_matching=True)
    kept.obsolete.clear()
    return kept


def main() -> None:
    """Writes the catalogues of every language but the one that the texts are in."""
    for locale in list(LANGUAGES)[1:]:
        catalog = update(locale)
        with catalogue_file(locale).open("wb") as file:
            write_po(
                file, catalog, omit_header=True, no_location=True, sort_output=True, ignore_obsolete=True, width=120
            )
        missing = sum(not _is_translated(message.string) for message in catalog if message.id)
        print(f"{locale}: {len(catalog)} texts, {missing} without a translation")


def _is_translated(text: object) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


if __name__ == "__main__":
    main()
