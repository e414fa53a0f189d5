"""Run the real data sets night by night and compare what was loaded with what their READMEs count.

Nothing of the data leaves the store, which lies in .real/ and can be deleted. Output: counts and times only.
"""

import csv
import hashlib
import json
import os
import shutil
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from jobs.doors.writing import run_told
from jobs.ingest.feeds import ingest_feed
from jobs.settings import Settings
from jobs.storage import Store

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CANDOR_TEST_DATA", ROOT.parent / "shared" / "data"))
COMMUNITY = (date(2019, 7, 5), date(2019, 7, 15))
QUESTIONS = (date(2021, 4, 27), date(2021, 5, 26))
COUNTS = ("in", "kept", "quarantined", "suppressed", "out_of_scope")
PEOPLE_HEADER = ["network", "account_id"]
IDENTITY_HEADER = ["network", "account_id", "person_id", "link_source", "declared_date"]


def main() -> None:
    """Twitter and lists together for 11 nights, then 30 nights of Stack Exchange; exits 1 when a night is blocked."""
    if not DATA.is_dir():
        sys.exit(f"test data not found at {DATA}; set CANDOR_TEST_DATA to its folder")
    twitter = sorted((DATA / "twitter-user2019" / "daily").glob("*.jsonl.gz"))
    mail = sorted((DATA / "mbox-rlists-2019").glob("r-*"))
    worlds = {
        "community": ({"twitter": twitter, "mailinglist": mail}, COMMUNITY, identity_rows(COMMUNITY[0])),
        "questions": ({"stackexchange": [DATA / "stackexchange-cardano"]}, QUESTIONS, []),
    }
    verdicts = [verdict for name, world in worlds.items() for verdict in run_world(name, *world)]
    print(f"{len(verdicts)} nights, {verdicts.count('block')} blocked")
    sys.exit(1 if "block" in verdicts else 0)


def run_world(name: str, feeds: dict[str, list[Path]], span: tuple[date, date], links: list[list[str]]) -> list[str]:
    """Load every feed of a world at once, split by event time, and run its nights; their verdicts."""
    home = ROOT / ".real" / name
    shutil.rmtree(home, ignore_errors=True)
    store = Store(Settings(home=home, engine=os.environ.get("CANDOR_ENGINE", "sail"), networks=tuple(sorted(feeds))))
    for feed, paths in feeds.items():
        started = time.monotonic()
        summary = ingest_feed(store, feed, paths, None)
        files = [json.loads(file.to_json()) for file in summary.files]
        size = sum(file["bytes"] for file in files) / 1e6
        totals = {key: sum(file[key] for file in files) for key in COUNTS}
        seconds = time.monotonic() - started
        print(f"{feed}: {len(files)} files, {totals}, {size:.2f} MB in {seconds:.1f} s ({size / seconds:.2f} MB/s)")
    write_lists(home / "inbox", span, links)
    return [result.verdict for result in run_told(store, *span)]


def identity_rows(declared: date) -> list[list[str]]:
    """Candidate pairs of the data set as declared links: one person per Twitter account."""
    with (DATA / "identity-pairs" / "identity_pairs.csv").open() as file:
        pairs = [(row["list_sender_key"], row["twitter_user_id"]) for row in csv.DictReader(file)]
    accounts = {("mailinglist", sender): f"linked-{user}" for sender, user in pairs}
    accounts |= {("twitter", user): f"linked-{user}" for _, user in pairs}
    return [[*account, person, "identity-pairs", declared.isoformat()] for account, person in sorted(accounts.items())]


def write_lists(inbox: Path, span: tuple[date, date], links: list[list[str]]) -> None:
    """The three lists of every night: nobody asked to be left out, and the links as given."""
    headers = {"suppression": PEOPLE_HEADER, "minors": PEOPLE_HEADER, "identity": IDENTITY_HEADER}
    for offset in range((span[1] - span[0]).days + 1):
        day = (span[0] + timedelta(days=offset)).isoformat()
        for feed, header in headers.items():
            rows = links if feed == "identity" else []
            text = "".join(",".join(row) + "\n" for row in [header, *rows])
            folder = inbox / feed / day
            folder.mkdir(parents=True)
            (folder / f"{feed}.csv").write_text(text)
            manifest = {"rows": len(rows), "sha256": hashlib.sha256(text.encode()).hexdigest()}
            (folder / f"{feed}.csv.manifest.json").write_text(json.dumps(manifest))


if __name__ == "__main__":
    main()
