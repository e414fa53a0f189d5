"""Whose account it is, and whether anybody may be shown: declared links make people, lists leave people out."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

ACCOUNT_COLUMNS = ("author_account_id", "engager_account_id", "account_id", "partner_account_id")


def person_of(network: Column, account_id: Column, linked_person: Column) -> Column:
    """The declared person of an account, or the account itself as network:account."""
    return F.coalesce(linked_person, F.concat(network, F.lit(":"), account_id))


def with_person(rows: DataFrame, links: DataFrame, role: str) -> DataFrame:
    """Add <role>_person_id for the account in <role>_account_id; null stays null."""
    account, linked = f"{role}_account_id", f"{role}_link"
    people = links.select("network", F.col("account_id").alias(account), F.col("person_id").alias(linked))
    joined = rows.join(people, on=["network", account], how="left")
    person = person_of(F.col("network"), F.col(account), F.col(linked))
    return joined.withColumn(f"{role}_person_id", person).drop(linked)


def suppressed_accounts(listed: DataFrame, links: DataFrame) -> DataFrame:
    """Accounts on a list, and every other account of the people behind them: a minor is one on every network."""
    accounts = listed.select("network", "account_id").distinct()
    people = links.join(accounts, on=["network", "account_id"], how="left_semi").select("person_id").distinct()
    linked = links.join(people, on="person_id", how="left_semi").select("network", "account_id")
    return accounts.unionByName(linked).distinct()


def without_suppressed(rows: DataFrame, suppressed: DataFrame) -> DataFrame:
    """Rows in which no account is on the suppression or minors list. Answers S55, S56."""
    columns = rows.columns
    for role in (name for name in ACCOUNT_COLUMNS if name in columns):
        listed = suppressed.select("network", F.col("account_id").alias(role))
        rows = rows.join(listed, on=["network", role], how="left_anti")
    return rows
