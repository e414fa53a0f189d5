-- What every expected feed delivered for the night; a feed without a delivery is stale.
-- Grain:  one row per feed.
-- Params: $snapshot_date
SELECT
    expected_feeds.feed,
    COUNT(deliveries.file_sha256) AS delivery_count,
    COUNT(deliveries.file_sha256) = 0 AS is_stale,
    COALESCE(BOOL_AND(deliveries.is_complete), false) AS is_complete,
    CAST(COALESCE(SUM(deliveries.row_count), 0) AS BIGINT) AS row_count,
    CAST(COALESCE(SUM(deliveries.kept_row_count), 0) AS BIGINT) AS kept_row_count,
    CAST(COALESCE(SUM(deliveries.quarantined_row_count), 0) AS BIGINT) AS quarantined_row_count,
    CAST(COALESCE(SUM(deliveries.suppressed_row_count), 0) AS BIGINT) AS suppressed_row_count,
    CAST(COALESCE(SUM(deliveries.out_of_scope_row_count), 0) AS BIGINT) AS out_of_scope_row_count
FROM expected_feeds
LEFT JOIN deliveries
    ON
        expected_feeds.feed = deliveries.feed
        AND $snapshot_date BETWEEN deliveries.covers_from_date AND deliveries.covers_to_date
GROUP BY expected_feeds.feed
ORDER BY expected_feeds.feed;
