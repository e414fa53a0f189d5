"""How large the corpus is: every attack is one case of its family, and no family may shrink away."""

from tests.security import (
    archive_attacks,
    json_attacks,
    sheet_and_page_attacks,
    test_hostile_archives,
    test_hostile_pages,
    test_hostile_paths,
    test_hostile_secrets,
    test_hostile_statements,
    xml_attacks,
)

LEAST = 100

FAMILIES = {
    "archives": [archive_attacks.REFUSED, archive_attacks.ONLY_NAMES, test_hostile_archives.GZIP_BOMBS,
                 test_hostile_archives.GZIP_ODDITIES],
    "XML": [xml_attacks.DECLARED, xml_attacks.ENCODED, xml_attacks.BODIES],
    "JSON": [json_attacks.DOCUMENTS],
    "SQL": [test_hostile_statements.STATEMENTS, test_hostile_statements.ENDLESS],
    "words of commands": [test_hostile_statements.WORDS] * len(test_hostile_statements.COMMANDS),
    "CSV": [sheet_and_page_attacks.FORMULAS],
    "HTML": [sheet_and_page_attacks.MARKUP] * len(test_hostile_pages.PAGES),
    "terminal": [sheet_and_page_attacks.STEERING] * 4,
    "paths": [test_hostile_paths.FEEDS, test_hostile_paths.NAMES, test_hostile_paths.HARMLESS_NAMES],
    "secrets": [test_hostile_secrets.PLANTED, test_hostile_secrets.COMMANDS],
}
"""The attacks of each family; a text that is tried at several doors counts for each."""


def test_the_corpus_is_large_in_every_family(capsys):
    counts = {name: sum(map(len, attacks)) for name, attacks in FAMILIES.items()}
    different = sum(sum(map(len, {id(one): one for one in attacks}.values())) for attacks in FAMILIES.values())
    with capsys.disabled():
        print(f"\nsecurity corpus: {sum(counts.values())} cases, {different} different attacks: "
              + ", ".join(f"{name} {count}" for name, count in counts.items()))
    assert different >= LEAST
    assert min(counts.values()) >= 10
