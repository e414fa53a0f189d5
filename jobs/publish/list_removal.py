"""Record that somebody approves that accounts come off a list; the gate asks the ledger whether two people did."""

from dataclasses import dataclass
from datetime import timedelta

from jobs.approvals import APPROVERS_NEEDED, LONGEST_VALIDITY, ledger_faults, person
from jobs.duckdb_files import open_connection, rows_of_files
from jobs.errors import BadInput, MissingInput, PipelineError
from jobs.events import Decision, Event, OpenLedger, append, open_ledger
from jobs.ledger import newest_release, released_files
from jobs.list_removals import LIST_REMOVAL_APPROVED, Removal, removals_of, valid_removals, valid_words
from jobs.manifest import now
from jobs.pseudonyms import LEDGER, key_of
from jobs.publish.approval import require_words
from jobs.settings import SUPPRESSING_FEEDS
from jobs.storage import Store, on_day


@dataclass(frozen=True)
class RemovalRequest:
    """What one person says: these accounts, as network:account_id, may come off this list."""

    list_code: str
    accounts: tuple[str, ...]
    reason: str
    made_by: str
    validity: timedelta = LONGEST_VALIDITY


@dataclass(frozen=True)
class RemovalAnswer:
    """An approval of a removal as it was recorded, and how many of its accounts may leave the list with it."""

    event: Event
    account_count: int
    standing_count: int

    @property
    def stands(self) -> bool:
        """Whether every account that the event names may come off the list until it expires."""
        return self.standing_count == self.account_count


def approve_removal(store: Store, request: RemovalRequest) -> RemovalAnswer:
    """Append one person's approval to the event ledger; the lists themselves are not changed.

    Errors: BadInput for words, a list or accounts that cannot count, or a person who approved already; MissingInput
    when an account is not on that list in the newest release; PipelineError for a broken chain.
    """
    _require_request(request)
    accounts = tuple(sorted({account.strip() for account in request.accounts}))
    _require_listed(store, request.list_code, accounts)
    ledger = open_ledger(store)
    if faults := ledger_faults(ledger.events):
        raise PipelineError(f"{'; '.join(faults)}. Nothing was recorded: where the chain is broken no approval counts.")
    key = key_of(store.settings.home, LEDGER)
    wanted = frozenset(Removal(request.list_code, key.key_id, key.digest(account)) for account in accounts)
    _require_another_person(ledger, wanted, request)
    details = {"account_digests": sorted(one.account_digest for one in wanted), "key_id": key.key_id,
               "reason": request.reason.strip(), "expires_at": (now() + request.validity).isoformat()}
    event = append(store, ledger, Decision(LIST_REMOVAL_APPROVED, request.list_code, request.made_by.strip(), details))
    valid = valid_removals([*ledger.events, event], event.recorded_at)
    return RemovalAnswer(event, len(wanted), len(wanted & valid))


def _require_request(request: RemovalRequest) -> None:
    require_words(request.made_by, request.reason, request.validity)
    if request.list_code not in SUPPRESSING_FEEDS:
        raise BadInput(f"list {request.list_code!r}: expected one of {', '.join(SUPPRESSING_FEEDS)}.")
    if not request.accounts or not all(":" in account.strip(":") for account in request.accounts):
        raise BadInput("expected accounts as network:account_id, such as mailinglist:1f0c2a, got "
                       f"{', '.join(request.accounts) or 'none'}. Nothing was recorded.")
    if any(account.strip() in f"{request.reason} {request.made_by}" for account in request.accounts):
        raise BadInput("--reason: expected a reason that does not name the account, because the ledger can never be "
                       "erased. Say why without the id; nothing was recorded.")


def _require_listed(store: Store, list_code: str, accounts: tuple[str, ...]) -> None:
    release = newest_release(store)
    files = released_files(store, release, "core__suppressions", on_day(release.snapshot_date)) if release else []
    with open_connection(store.settings) as connection:
        rows_of_files(connection, "core__suppressions", files).create_view("listed")
        found = connection.execute(
            "SELECT DISTINCT network || ':' || account_id FROM listed WHERE list_code = $list_code "
            "AND list_contains($accounts, network || ':' || account_id)",
            {"list_code": list_code, "accounts": list(accounts)}).fetchall()
    missing = sorted(set(accounts) - {account for [account] in found})
    if missing:
        raise MissingInput(f"{', '.join(missing)}: expected on the list {list_code} of the newest release, found not. "
                           "The gate's finding nobody_left_a_list names who left; nothing was recorded.")


def _require_another_person(ledger: OpenLedger, wanted: frozenset[Removal], request: RemovalRequest) -> None:
    own = {removal for event in valid_words(ledger.events, now()) if person(event.made_by) == person(request.made_by)
           for removal in removals_of(event)}
    if wanted <= own:
        raise BadInput(f"--by {request.made_by.strip()}: approved this already; expected {APPROVERS_NEEDED} different "
                       "people, so the second approval has to come from somebody else. Nothing was recorded.")
