"""Give posts their topics: from native labels, from their text, and from the post that they answer."""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.tables import TABLES
from jobs.topics.lexicon import Lexicon

MAX_TOPICS_PER_POST = 12
"""Topics that one post can count for: a post stuffed with hashtags must not buy reach everywhere (S40)."""

STRENGTH = {"label": 0, "lexicon": 1, "inherited": 2}
"""What the network says beats what the text says, and both beat what the answered post says."""

POST_TOPICS = TABLES["core__post_topics"]

WHAT_A_POST_SAYS = ("native_labels", "post_text", "source_topics")

LABEL_TOPICS = pa.schema([(name, pa.string()) for name in ("network", "post_id", "topic_id", "matched_term")])
LABEL_TOPICS_DDL = ", ".join(f"{name} string" for name in LABEL_TOPICS.names)

Batches = Iterable[pa.RecordBatch]


def post_topics(posts: DataFrame, post_state: DataFrame, lexicon: Lexicon) -> DataFrame:
    """Find the topics of a day's posts, each with the label or phrase that matched.

    Grain in:  posts per (network, post_id); post_state per (network, post_id, topic_id), as of the day before
    Grain out: one row per (network, post_id, topic_id); a post without topics has none
    """
    inherited = source_topics(posts, post_state, lexicon)
    return (
        posts.join(inherited, on=["network", "topic_source_post_id"], how="left")
        .select("snapshot_date", "network", "post_id", *WHAT_A_POST_SAYS)
        .mapInArrow(_in_batches(_post_topic_rows, lexicon), POST_TOPICS.spark_schema)
    )


def source_topics(posts: DataFrame, post_state: DataFrame, lexicon: Lexicon) -> DataFrame:
    """Collect the label topics of posts that others inherit from, whether of today or of a day before.

    Grain out: one row per (network, topic_source_post_id); source_topics has a line `topic_id TAB label` each
    """
    heirs = posts.where("topic_source_post_id IS NOT NULL")
    wanted = heirs.select("network", F.col("topic_source_post_id").alias("post_id"))
    today = (
        posts.where("native_labels IS NOT NULL")
        .select("network", "post_id", "native_labels")
        .join(wanted, on=["network", "post_id"], how="left_semi")
        .mapInArrow(_in_batches(_label_topic_rows, lexicon), LABEL_TOPICS_DDL)
    )
    before = (
        post_state.where("topic_id IS NOT NULL AND match_source = 'label'")
        .select(*LABEL_TOPICS.names)
        .join(wanted, on=["network", "post_id"], how="left_semi")
    )
    lines = F.collect_set(F.concat_ws("\t", "topic_id", "matched_term"))
    return (
        today.unionByName(before)
        .groupBy("network", F.col("post_id").alias("topic_source_post_id"))
        .agg(F.array_join(F.sort_array(lines), "\n").alias("source_topics"))
    )


def topics_of_post(
    lexicon: Lexicon, native_labels: str | None, post_text: str | None, inherited: str | None
) -> list[tuple[str, str, str]]:
    """List (topic_id, match_source, matched_term) of one post: each topic once, by its strongest source."""
    found = {
        **_from_source("inherited", _inherited_topics(inherited)),
        **_from_source("lexicon", lexicon.matches(post_text)),
        **_from_source("label", label_topics(lexicon, native_labels)),
    }
    ranked = sorted((STRENGTH[source], topic_id, term) for topic_id, (source, term) in found.items())
    return [(topic_id, found[topic_id][0], term) for _, topic_id, term in ranked[:MAX_TOPICS_PER_POST]]


def label_topics(lexicon: Lexicon, native_labels: str | None) -> dict[str, str]:
    """Topics of labels written one a line, each with the first label that names it."""
    first: dict[str, str] = {}
    for label in (native_labels or "").split("\n"):
        topic_id = lexicon.topic_of_label(label)
        if topic_id:
            first.setdefault(topic_id, label)
    return first


def _from_source(source: str, terms: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {topic_id: (source, term) for topic_id, term in terms.items()}


def _inherited_topics(lines: str | None) -> dict[str, str]:
    first: dict[str, str] = {}
    for line in (lines or "").split("\n"):
        topic_id, _, label = line.partition("\t")
        if topic_id:
            first.setdefault(topic_id, label)
    return first


def _in_batches(rows_of: Callable[[pa.RecordBatch, Lexicon], pa.RecordBatch], lexicon: Lexicon) -> Callable:
    def run(batches: Batches) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield rows_of(batch, lexicon)

    return run


def _post_topic_rows(batch: pa.RecordBatch, lexicon: Lexicon) -> pa.RecordBatch:
    labels, texts, inherited = (batch.column(name).to_pylist() for name in WHAT_A_POST_SAYS)
    posts = enumerate(zip(labels, texts, inherited, strict=True))
    found = [(place, *topic) for place, post in posts for topic in topics_of_post(lexicon, *post)]
    places, topic_ids, sources, terms = zip(*found, strict=True) if found else ((), (), (), ())
    versions = list(repeat(lexicon.version, len(found)))
    return _long_rows(
        batch, ("snapshot_date", "network", "post_id"), places,
        [topic_ids, sources, terms, versions], POST_TOPICS.arrow_schema,
    )


def _label_topic_rows(batch: pa.RecordBatch, lexicon: Lexicon) -> pa.RecordBatch:
    posts = enumerate(batch.column("native_labels").to_pylist())
    found = [(place, *topic) for place, labels in posts for topic in label_topics(lexicon, labels).items()]
    places, topic_ids, terms = zip(*found, strict=True) if found else ((), (), ())
    return _long_rows(batch, ("network", "post_id"), places, [topic_ids, terms], LABEL_TOPICS)


def _long_rows(
    batch: pa.RecordBatch,
    keys: tuple[str, ...],
    places: Iterable[int],
    added: list[Iterable[str]],
    schema: pa.Schema,
) -> pa.RecordBatch:
    chosen = pa.array(places, pa.int64())
    repeated = [batch.column(key).take(chosen).cast(schema.field(key).type) for key in keys]
    beside = [pa.array(cells, pa.string()) for cells in added]
    return pa.RecordBatch.from_arrays([*repeated, *beside], schema=schema)
