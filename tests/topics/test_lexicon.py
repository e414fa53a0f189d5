"""The lexicon as a reader meets it: what a text or a label is about."""

import pickle
from textwrap import dedent

import pytest

from jobs.answers.reading import topic_names
from jobs.errors import BadInput, MissingInput
from jobs.topics.lexicon import LEXICON_FOLDER, SLUG, fold, load_lexicon, read_lexicon

PLANTS = """
    topic_id,topic_name,phrase
    gardening,Gardening,rose
    gardening,Gardening,vegetable garden
    gardening,Gardening,compost heap
    machine-learning,Machine learning,machine learning
    learning,Learning,learning english
    c-plus-plus,C++,c++
    c-sharp,C#,linq query
    r,R,r package
"""


def lexicon_of(folder, text, version="2030-01-01"):
    path = folder / f"{version}.csv"
    path.write_text(dedent(text).strip() + "\n", encoding="utf-8")
    return read_lexicon(path)


@pytest.fixture
def plants(tmp_path):
    return lexicon_of(tmp_path, PLANTS)


def test_a_phrase_inside_a_text_names_its_topic(plants):
    assert plants.matches("My vegetable garden in June") == {"gardening": "vegetable garden"}


def test_letters_or_digits_on_either_side_block_a_match(plants):
    """S32: nobody becomes influential about roses by writing about prose."""
    for text in ("prose", "roses", "rose7", "7rose", "primrose path", "rosé"):
        assert plants.matches(text) == {}


def test_punctuation_and_line_ends_do_not_block_a_match(plants):
    for text in ("A rose.", "(rose)", "rose", "#rose", "rose's", "vegetable\n  garden", "Vegetable-Garden"):
        assert list(plants.matches(text)) == ["gardening"], text


def test_a_phrase_may_end_in_a_sign(plants):
    assert plants.matches("I write C++, mostly") == {"c-plus-plus": "c++"}
    assert plants.matches("c++17") == {}


def test_the_longest_of_overlapping_phrases_counts(plants):
    # "machine learning" has 16 letters, "learning english" has 16 as well: the tie goes to the first.
    assert plants.matches("machine learning english") == {"machine-learning": "machine learning"}


def test_a_longer_phrase_beats_an_earlier_shorter_one(tmp_path):
    lexicon = lexicon_of(tmp_path, """
        topic_id,topic_name,phrase
        tea,Tea,green tea
        tools,Tools,tea house kettle
    """)
    assert lexicon.matches("green tea house kettle") == {"tools": "tea house kettle"}


def test_the_first_phrase_of_a_topic_is_the_one_kept(plants):
    assert plants.matches("compost heap, then a rose") == {"gardening": "compost heap"}


def test_look_alike_letters_fold_to_the_same_text(plants):
    assert fold("Ｒｏｓｅ") == "rose"
    assert fold("STRASSE") == fold("straße")
    assert plants.matches("ＲＯＳＥ") == {"gardening": "rose"}


def test_links_and_handles_are_not_subjects(plants):
    for text in ("https://example.org/rose", "see www.example.org/rose/", "@rose", "ann@rose.example"):
        assert plants.matches(text) == {}, text


@pytest.mark.parametrize("text", [None, "", "   ", "\x00", "nothing here"])
def test_a_text_without_phrases_has_no_topics(plants, text):
    assert plants.matches(text) == {}


@pytest.mark.parametrize(
    ("label", "topic_id"),
    [
        ("rose", "gardening"),
        ("Vegetable-Garden", "gardening"),
        ("vegetable_garden", "gardening"),
        ("#VegetableGarden", "gardening"),
        ("MachineLearning", "machine-learning"),
        ("c++", "c-plus-plus"),
        ("c#", "c-sharp"),
        ("R", "r"),
        ("Orchid-Talk", "orchid-talk"),
        ("orchid_talk", "orchid-talk"),
        ("c", "c"),
        ("notepad++", "notepad-plus-plus"),
        ("園芸", "園芸"),
        ("हिन्दी", "हिन्दी"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_label_is_the_lexicons_topic_or_its_own(plants, label, topic_id):
    assert plants.topic_of_label(label) == topic_id


@pytest.mark.parametrize("label", [None, "", "  ", "#", "--", "!!!", "\U0001f339", "x" * 61])
def test_an_empty_or_endless_label_is_no_topic(plants, label):
    assert plants.topic_of_label(label) is None


def test_no_label_can_claim_the_overall_roll_up(plants):
    assert plants.topic_of_label("_overall") == "overall"


def test_a_lexicon_travels_to_workers(plants):
    copy = pickle.loads(pickle.dumps(plants))
    assert (copy, hash(copy)) == (plants, hash(plants))
    assert copy.matches("a rose") == {"gardening": "rose"}


def test_other_content_under_the_same_date_is_another_lexicon(tmp_path):
    (tmp_path / "other").mkdir()
    ours = lexicon_of(tmp_path, PLANTS)
    other = lexicon_of(tmp_path / "other", "topic_id,topic_name,phrase\nflowers,Flowers,rose")
    assert ours != other
    assert (ours.matches("rose"), other.matches("rose")) == ({"gardening": "rose"}, {"flowers": "rose"})


def test_the_newest_lexicon_is_the_default(tmp_path):
    for version in ("2030-01-01", "2030-02-01", "2029-12-31"):
        lexicon_of(tmp_path, PLANTS, version)
    assert load_lexicon(folder=tmp_path).version == "2030-02-01"
    assert load_lexicon("2029-12-31", tmp_path).version == "2029-12-31"


def test_an_unknown_version_lists_what_exists(tmp_path):
    lexicon_of(tmp_path, PLANTS)
    with pytest.raises(MissingInput, match="no lexicon '2031-01-01'.*known: 2030-01-01"):
        load_lexicon("2031-01-01", tmp_path)


def test_a_folder_without_lexicons_is_an_error(tmp_path):
    with pytest.raises(MissingInput, match="known: none"):
        load_lexicon(folder=tmp_path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("gardening,Gardening", "line 3: expected three cells"),
        ("gardening,,tulip", "line 3: expected three cells"),
        ("Gardening!,Gardening,tulip", "line 3: expected a topic_id"),
        ("gardening,Gardening,Tulip", "line 3: expected the phrase as text is read: 'tulip'"),
        ("gardening,Gardening,cut-flowers", "line 3: expected the phrase as text is read: 'cut flowers'"),
        ("gardening,Gardening,go", "line 3: expected a phrase of at least 3 letters"),
        ("gardening,Garden,tulip", "line 3: expected one name for gardening, 'Gardening'"),
        ("flowers,Flowers,rose", "'rose' stands for gardening and for flowers"),
        ("flowers,Flowers,r ose", "'r ose' stands for gardening and for flowers"),
        ("gardening,Gardening,rose", "a phrase stands there twice"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_its_line(tmp_path, row, message):
    with pytest.raises(BadInput, match=message):
        lexicon_of(tmp_path, f"topic_id,topic_name,phrase\ngardening,Gardening,rose\n{row}")


@pytest.mark.parametrize(
    "content", [b"", b"topic,phrase\na,b\n", b"topic_id,topic_name,phrase\n", b"\xff\xfe", b'"open']
)
def test_a_file_that_is_no_lexicon_is_refused(tmp_path, content):
    path = tmp_path / "2030-01-01.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="expected .*topic_id,topic_name,phrase"):
        read_lexicon(path)


def test_the_shipped_lexicon_is_broad_and_clean():
    """S37: the topics that people searched for are there. read_lexicon has already refused double claims."""
    lexicon, shown = load_lexicon(), topic_names(LEXICON_FOLDER)
    name_by_topic = dict(zip(shown["topic_id"].to_pylist(), shown["topic_name"].to_pylist(), strict=True))
    assert len(name_by_topic) >= 300
    assert len(lexicon.topic_by_phrase) >= 1500
    assert all(SLUG.fullmatch(topic_id) for topic_id in name_by_topic)
    assert len(set(name_by_topic.values())) == len(name_by_topic)
    assert list(lexicon.matches("horticulture, graphic design and food blogs")) == [
        "gardening", "graphic-design", "food-writing"]


def test_every_shipped_phrase_finds_its_own_topic():
    lexicon = load_lexicon()
    missed = {p: t for p, t in lexicon.topic_by_phrase.items() if lexicon.matches(f"so, {p}!") != {t: p}}
    assert missed == {}
