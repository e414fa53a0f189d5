"""Every table of Candor: the single source of schemas, keys, writers and the data dictionary."""

from dataclasses import replace

from jobs.schema import Column, Table, parse_columns

COLUMNS = parse_columns("""
snapshot_date          | date      |  | the day that the row belongs to, UTC
feed                   | string    |  | one network's delivery, or a list: suppression, minors, identity
network                | string    |  | the network, as its connector file is named
account_id             | string    |  | account on one network, opaque
account_name           | string    | the network shows no name | name that the network displays
account_created_at     | timestamp | not delivered | when the account was made, UTC
post_id                | string    | the reaction is to an account, not to a post | post on one network, opaque
source_post_id         | string    | the reaction is no post itself | the post in which the reaction was written
parent_post_id         | string    | not an answer or reply | the post that this one answers
topic_source_post_id   | string    | the post carries its own labels | the post whose native labels this one inherits
author_account_id      | string    | hidden, deleted or not resolved | account that wrote the post or is reacted to
engager_account_id     | string    | the network gives only a total | account that reacted
posted_at              | timestamp |  | when the post was written, UTC
posted_date            | date      |  | the day on which the post was written, UTC
post_text              | string    | the network gives no text | plain text of the post
native_labels          | string    | the network labels nothing here | tags, list or hashtags, one a line, as delivered
interaction_id         | string    |  | the reaction, unique within its network
kind                   | string    |  | reply, reshare, quote, like, mention, follow, vote, endorsement; in contributions also a discount
interacted_at          | timestamp |  | when the reaction happened, UTC
interaction_count      | long      |  | number of reactions
list_code              | string    |  | suppression or minors
person_id              | string    |  | declared set of linked accounts, or network:account
link_source            | string    |  | where the link was declared
declared_date          | date      |  | when the link was declared
topic_id               | string    | the post matched no topic | topic; `_overall` is the roll-up over all posts
topic_slug             | string    |  | topic name as used in addresses
topic_name             | string    |  | topic name for people
parent_topic_id        | string    |  | the wider topic
language_code          | string    |  | ISO 639-1 code
topic_source           | string    |  | which ontology the row came from
match_source           | string    | the post matched no topic | label, lexicon or inherited
matched_term           | string    | the post matched no topic | the label or phrase that matched
lexicon_version        | string    |  | date of the lexicon file used
decayed_weight         | long      |  | decayed count in units of 2^-32, as of last_interacted_date
first_interacted_date  | date      |  | day of the first reaction
last_interacted_date   | date      | no reaction yet | day of the newest reaction
active_days_bits       | long      |  | bit i set: a reaction i days before snapshot_date (63 days kept)
algorithm_version      | string    |  | file name of the algorithm, such as v2
influence_score        | points    | not enough evidence, see state | 1 to 100, on the frozen scale of the version and topic
state                  | string    |  | scored, held (the row is that of an earlier release), or insufficient_evidence
threshold_missed       | string    | nothing is missed | which evidence is missing, such as "2 of 3 engagers"
percentile             | points    | not scored | share of scored people of the topic at or below, 0 to 100; beside the score, never inside
rank                   | long      | not scored | place in the topic, 1 is highest, ties share the better place
distinct_engager_count | long      |  | distinct people who reacted and still count
reacted_post_count     | long      |  | posts with a reaction that still counts
active_day_count       | long      |  | days with a reaction among the last 63
anonymous_reaction_count | long    |  | reactions without a known engager: shown, never scored
credit                 | double    |  | the credit X that the scale turns into points, summed over networks
stale_networks         | string    | every feed is fresh | networks whose feed is missing for the day, comma separated
term                   | string    |  | lines of one term are combined and logged together; most versions have one, `credit`
line_units             | long      |  | credit of the line in units of 2^-32
aged_units             | long      |  | credit that the last release counted, aged to the day, in units of 2^-32
listed_units           | long      |  | part of aged_units whose engager is on a list now
relinked_units         | long      |  | part of aged_units whose pair is gone because accounts were linked or unlinked
line_credit            | double    |  | part of the credit X of the term; the parts sum to it; 0 when the line is gone
term_height            | double    |  | points of the whole term, before the ceiling; 0 when the line is gone
partner_account_id     | string    |  | the other account of a pair that acts together; account_id is the smaller
coaction_count         | long      |  | objects on which both acted within the time window
last_coacted_date      | date      |  | day of the newest of them
group_id               | string    |  | coordinated group, named by its smallest account
group_size             | long      |  | accounts of the group
drawn_date             | date      |  | day on which the seed was drawn
expires_date           | date      |  | first day on which the seed no longer serves
compared_date          | date      |  | the released night that the score is compared with
cause                  | string    |  | new_reactions, ageing, opted_out, relinked, actor_budget, coordination, own_circle, trust, networks_combined, ceiling, hold
score_delta            | points    |  | the score less the score of compared_date; the points of the causes sum to it
points                 | points    |  | points of the score; the lines of a score sum to score - 1
evidence_rank          | long      |  | 1 to 3, the post with the most decayed reactions first
reaction_weight        | double    |  | decayed reactions to the post on snapshot_date
last_kind_date         | date      |  | day of the newest reaction behind the line
held_delta             | points    |  | the score as it was computed for the night less the score that is kept
scored_date            | date      |  | the released night whose score is kept
accounted_points       | points    |  | the most that the inputs since scored_date can have moved the score, in the direction of held_delta
held_reason            | string    |  | why the score is held, in one sentence
metric_name            | string    |  | name of the statistic
cohort                 | string    |  | what the statistic is taken over, `all` for everybody
observed               | double    | could not be measured: the check blocks | what was measured
limit_min              | double    | no lower limit | smallest value that passes
limit_max              | double    | no upper limit | largest value that passes
candidate_id           | string    |  | the scored night on its branch, not yet judged
invariant              | string    |  | file name of the expectation
checked_table          | string    |  | the table that the expectation reads
severity               | string    |  | block or warn
is_held                | boolean   |  | whether the invariant was measured and kept
offenders              | string    | no offender | where it broke, first few places
why                    | string    |  | why the invariant exists
verdict                | string    |  | pass, warn, hold or block
blocked_by             | string    | nothing blocked | names of the invariants that did not hold
suspect                | string    | nothing blocked | feed, cohort or stage to look at first
release_id             | string    |  | the release
release_number         | long      |  | 1, 2, 3 ... without gaps
candidate_digest       | string    |  | sha256 over the sorted rows of the published tables of the night
files_digest           | string    |  | sha256 over the path and the bytes of each file that the night published
table_snapshots        | string    |  | JSON: table to Iceberg snapshot id
input_digest           | string    |  | sha256 over the files and lists that the night could read, and over the inputs of the release whose state it goes on
restates_release_id    | string    | the first release of its night | the earlier release of the same night that this one corrects
previous_hash          | string    |  | chain_hash of the row before, zeros for the first
chain_hash             | string    |  | sha256 over this row's other columns
event_number           | long      |  | 1, 2, 3 ... without gaps
event_type             | string    |  | what happened, such as version_activated
subject                | string    |  | what it happened to, such as a version
made_by                | string    |  | who decided it, as they named themself
recorded_at            | timestamp |  | when the row was written, UTC
run_id                 | string    |  | the run
stage                  | string    |  | the stage of the night
engine                 | string    |  | spark or sail
duration_seconds       | double    |  | wall time
details                | string    |  | JSON: what the run or the event was about
file_name              | string    |  | name under which the file was delivered
file_sha256            | string    |  | sha256 of the delivered bytes
file_byte_count        | long      |  | bytes delivered
landed_path            | string    |  | where the bytes are kept, relative to the store
covers_from_date       | date      |  | first day that the delivery covers
covers_to_date         | date      |  | last day that the delivery covers
is_complete            | boolean   |  | whether the file could be read to its end
row_count              | long      |  | source rows in the file
kept_row_count         | long      |  | source rows loaded
quarantined_row_count  | long      |  | source rows refused with a reason
suppressed_row_count   | long      |  | source rows of people who are on a list
out_of_scope_row_count | long      |  | source rows of another day, another kind, or seen before
row_number             | long      |  | place of the source row in its file, from 1; 0 is the file itself
reason_code            | string    |  | why the row was refused
reason_detail          | string    |  | what was expected and what was found
account_hash           | string    |  | HMAC-SHA-256 of network:account_id under the store's key of the forgotten
key_id                 | string    |  | names a key of pseudonyms, and tells nothing about it
""")


def table(name: str, writer: str, grain: str, key: str, columns: str) -> Table:
    """A table whose columns are taken by name from COLUMNS; `name!` says that it is never null in this table."""
    chosen = tuple(_column(word) for word in columns.split())
    return Table(name=name, writer=writer, grain=grain, key=tuple(key.replace("!", "").split()), columns=chosen)


def _column(word: str) -> Column:
    column = COLUMNS[word.removesuffix("!")]
    return replace(column, null_meaning="") if word.endswith("!") else column


_SCORE_KEY = "snapshot_date person_id topic_id! algorithm_version"
_SCORES = (
    f"{_SCORE_KEY} influence_score state threshold_missed percentile rank distinct_engager_count "
    "reacted_post_count active_day_count anonymous_reaction_count credit stale_networks"
)
_CONTRIBUTIONS = f"{_SCORE_KEY} network kind points distinct_engager_count last_kind_date"
_EVIDENCE = f"{_SCORE_KEY} evidence_rank network post_id! reaction_weight interaction_count matched_term match_source"
_CONTRIBUTION_KEY, _EVIDENCE_KEY = f"{_SCORE_KEY} network kind", f"{_SCORE_KEY} evidence_rank"
_CHANGE_KEY = f"{_SCORE_KEY} cause network kind"
_CHANGES = f"{_CHANGE_KEY} points score_delta compared_date"
_PAIR = "snapshot_date network topic_id! engager_account_id author_account_id! kind"

_DECLARED = [
    table("ops__deliveries", "ingest", "delivered file x day range x whether it was read whole",
          "feed covers_from_date covers_to_date file_sha256 is_complete",
          "feed covers_from_date covers_to_date file_name file_sha256 file_byte_count landed_path is_complete row_count "
          "kept_row_count quarantined_row_count suppressed_row_count out_of_scope_row_count recorded_at"),
    table("ops__quarantine", "ingest", "refused source row", "feed file_sha256 row_number",
          "feed file_name file_sha256 row_number reason_code reason_detail recorded_at"),
    table("ops__forgotten", "privacy", "forgotten account", "account_hash", "account_hash key_id recorded_at"),
    table("core__accounts", "ingest", "account x day seen", "snapshot_date network account_id",
          "snapshot_date network account_id account_name account_created_at"),
    table("core__posts", "ingest", "post", "network post_id",
          "snapshot_date network post_id! author_account_id posted_at post_text native_labels parent_post_id "
          "topic_source_post_id"),
    table("core__interactions", "ingest", "reaction", "network interaction_id",
          "snapshot_date network interaction_id kind engager_account_id author_account_id post_id source_post_id "
          "interacted_at interaction_count"),
    table("core__suppressions", "ingest", "account on a list x day", "snapshot_date list_code network account_id",
          "snapshot_date list_code network account_id"),
    table("core__identity_links", "ingest", "linked account x day", "snapshot_date network account_id",
          "snapshot_date network account_id person_id link_source declared_date"),
    table("core__topics", "topics", "topic of an imported ontology", "topic_source topic_id",
          "topic_source topic_id! topic_slug topic_name"),
    table("core__topic_edges", "topics", "parent and child topic", "topic_source parent_topic_id topic_id",
          "topic_source parent_topic_id topic_id!"),
    table("core__topic_names", "topics", "topic x language", "topic_source topic_id language_code",
          "topic_source topic_id! language_code topic_name"),
    table("core__post_topics", "topics", "post x topic", "network post_id topic_id",
          "snapshot_date network post_id! topic_id! match_source matched_term lexicon_version"),
    table("feature__engagement_days", "engagement", "pair x topic x kind x day", _PAIR, f"{_PAIR} interaction_count"),
    table("feature__engagement_state", "engagement", "pair x topic x kind, folded up to the day", _PAIR,
          f"{_PAIR} decayed_weight first_interacted_date last_interacted_date active_days_bits"),
    table("feature__post_state", "engagement", "post x topic, folded up to the day", "snapshot_date network post_id topic_id",
          "snapshot_date network post_id! topic_id author_account_id parent_post_id posted_date matched_term match_source "
          "decayed_weight interaction_count last_interacted_date"),
    table("feature__coactions", "engagement", "pair of accounts that acted together, folded up to the day",
          "snapshot_date network account_id partner_account_id",
          "snapshot_date network account_id partner_account_id coaction_count last_coacted_date"),
    table("feature__coordinated_groups", "engagement", "account in a coordinated group", "snapshot_date network account_id",
          "snapshot_date network account_id group_id group_size"),
    table("feature__trust_seeds", "engagement", "account that serves, or served lately, as a trust seed",
          "snapshot_date network account_id", "snapshot_date network account_id drawn_date expires_date"),
    table("feature__trusted_accounts", "engagement", "account x topic", "snapshot_date network topic_id account_id",
          "snapshot_date network topic_id! account_id"),
    table("staged__lines", "scoring", "person x topic x version x term x network x kind",
          f"{_SCORE_KEY} term network kind",
          f"{_SCORE_KEY} term network kind line_units aged_units listed_units relinked_units line_credit credit term_height "
          "influence_score"),
    table("staged__scores", "scoring", "person x topic x version", _SCORE_KEY, _SCORES),
    table("staged__contributions", "scoring", "person x topic x version x network x kind", _CONTRIBUTION_KEY, _CONTRIBUTIONS),
    table("staged__evidence", "scoring", "person x topic x version x place", _EVIDENCE_KEY, _EVIDENCE),
    table("staged__candidates", "publish", "proposal of a candidate", "candidate_id recorded_at",
          "snapshot_date candidate_id candidate_digest files_digest input_digest table_snapshots recorded_at"),
    table("audit__shift_metrics", "audit", "statistic x version x cohort", "snapshot_date algorithm_version metric_name cohort",
          "snapshot_date algorithm_version metric_name cohort observed"),
    table("audit__changes", "audit", "person x topic x version x cause x network x kind", _CHANGE_KEY, _CHANGES),
    table("audit__holds", "audit", "held score", _SCORE_KEY,
          f"{_SCORE_KEY} held_delta accounted_points scored_date held_reason"),
    table("gate__findings", "gate", "invariant x judging of a candidate", "candidate_id checked_table invariant recorded_at",
          "snapshot_date candidate_id checked_table invariant severity observed limit_min limit_max is_held offenders why recorded_at"),
    table("gate__verdicts", "gate", "judging of a candidate", "candidate_id recorded_at",
          "snapshot_date candidate_id candidate_digest verdict blocked_by suspect recorded_at"),
    table("pub__scores", "publish", "person x topic x version", _SCORE_KEY, _SCORES),
    table("pub__contributions", "publish", "person x topic x version x network x kind", _CONTRIBUTION_KEY, _CONTRIBUTIONS),
    table("pub__evidence", "publish", "person x topic x version x place", _EVIDENCE_KEY, _EVIDENCE),
    table("pub__changes", "publish", "person x topic x version x cause x network x kind", _CHANGE_KEY, _CHANGES),
    table("pub__releases", "publish", "release", "release_id",
          "release_number release_id snapshot_date candidate_id candidate_digest files_digest input_digest table_snapshots "
          "verdict restates_release_id recorded_at previous_hash chain_hash"),
    table("pub__events", "publish", "decision about what is published", "event_number",
          "event_number event_type subject details made_by recorded_at previous_hash chain_hash"),
    table("ops__runs", "every run", "stage of a run", "run_id stage",
          "snapshot_date run_id stage engine duration_seconds details recorded_at"),
]

TABLES: dict[str, Table] = {declared.name: declared for declared in _DECLARED}

RELEASED_TABLES = {"staged__scores": "pub__scores", "staged__contributions": "pub__contributions",
                   "staged__evidence": "pub__evidence", "audit__changes": "pub__changes"}
"""Which staged table is released as which."""

OVERALL = "_overall"
"""Topic id of the roll-up over all of a person's posts."""

INPUT = "_input"
"""Stands where an algorithm version stands: an input belongs to every version, and its cohort is a network."""

EVERYBODY = "all"
"""The cohort of all people together."""
