"""What the database of a catalog, its driver or the line to it raises, said in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from jobs.errors import PipelineError

CUT = (DBAPIError, ConnectionError, TimeoutError)
"""What a cut connection raises: the driver passes some errors on as they come from the socket."""


@contextmanager
def asked(address: str) -> Iterator[None]:
    """Turn what is raised where a catalog does not answer into a sentence with its address, without the password.

    Errors: PipelineError, also for an address that is none and for one whose driver is not installed.
    """
    try:
        yield
    except CUT as error:
        raise PipelineError(
            f"{make_url(address).render_as_string()}: expected the catalog to answer, got {said(error)}. Look whether "
            "its server is up, and CANDOR_CATALOG_URI has the right user and password; then run again.") from error
    except (ArgumentError, ModuleNotFoundError) as error:
        raise PipelineError(
            "CANDOR_CATALOG_URI: expected an address such as postgresql+pg8000://USER:PASSWORD@HOST:5432/NAME, got one "
            f"that cannot be used ({error}). Correct it; unset, the catalog is SQLite in the home folder.") from error


def said(error: Exception) -> object:
    """What the database or the socket said, without the statement and its parameters."""
    return getattr(error, "orig", error)
