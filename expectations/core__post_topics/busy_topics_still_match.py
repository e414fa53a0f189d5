"""A topic that many posts of a network were about on every night of two weeks is one that posts are about tonight.

observed: over such topics of the networks with posts tonight, the least of tonight's posts per fewest posts of a night;
1 where there is none. Counted are posts that match by their own words or labels, on released nights, seven at least,
the same weekday among them. A topic that lost its words lives on in reactions to posts of earlier nights, so that
too little moves at first for the statistics to see it. Source: gate-evidence section 3, row 10.
"""

from expectations.contract import PLACES_SHOWN, Invariant

FEWEST_POSTS = 20
"""Posts on the quietest night: a third of them on a night like the others is less than one chance in 100,000."""

FEWEST_NIGHTS = 7
"""Released nights that show what is usual."""

LEAST_SHARE = 1 / 3
"""Of the quietest night; a weekend or a holiday is among the nights or stays above it."""

INVARIANT = Invariant(
    severity="block",
    why="A topic whose words are lost takes everybody's standing in it away, night after night (S32, S33).",
    measure=f"""
        WITH nightly AS (
            SELECT network, topic_id, earlier_post_topics.snapshot_date, count(*) AS post_count
            FROM earlier_post_topics
            SEMI JOIN releases USING (snapshot_date)
            WHERE match_source != 'inherited'
            GROUP BY ALL
        ),
        busy AS (
            SELECT network, topic_id, min(post_count) AS fewest
            FROM nightly
            GROUP BY network, topic_id
            HAVING min(post_count) >= {FEWEST_POSTS}
                AND count(*) = (SELECT count(DISTINCT snapshot_date) FROM nightly)
                AND count(*) >= {FEWEST_NIGHTS}
                AND bool_or(dayofweek(snapshot_date) = (SELECT dayofweek(snapshot_date) FROM night))
        ),
        tonight AS (
            SELECT network, topic_id, count(*) FILTER (WHERE match_source != 'inherited') AS post_count
            FROM post_topics
            GROUP BY network, topic_id
        ),
        compared AS (
            SELECT network, topic_id, coalesce(post_count, 0) AS post_count, fewest
            FROM busy
            SEMI JOIN post_topics USING (network)
            LEFT JOIN tonight USING (network, topic_id)
        )
        SELECT
            coalesce(min(post_count / fewest), 1) AS observed,
            array_to_string(
                min(concat(network, ' ', topic_id, ' ', post_count, ' of ', fewest), {PLACES_SHOWN})
                    FILTER (WHERE post_count < {LEAST_SHARE} * fewest),
                '; '
            ) AS offenders
        FROM compared
    """,
    limit_min=LEAST_SHARE,
    waivable=True,
)
