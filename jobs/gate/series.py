"""Names of the gate's series: `metric_name/cohort/algorithm_version`, inputs with the version `_input`."""

from jobs.tables import INPUT


def series_name(metric_name: str, cohort: str, algorithm_version: str) -> str:
    """The name of a series."""
    return f"{metric_name}/{cohort}/{algorithm_version}"


def metric_of(series: str) -> str:
    """The metric of a series: what stands before the first slash."""
    return series.split("/", 1)[0]


def cohort_of(series: str) -> str:
    """The cohort of a series; it may hold slashes itself."""
    return series.split("/", 1)[1].rsplit("/", 1)[0]


def version_of(series: str) -> str:
    """The algorithm version of a series: what stands behind the last slash."""
    return series.rsplit("/", 1)[1]


def is_input(series: str) -> bool:
    """Whether a series was measured on the inputs."""
    return version_of(series) == INPUT


def is_part(cohort: str) -> bool:
    """Whether a cohort is a part that cuts through the feeds, such as `topic:music`, and not a feed."""
    return ":" in cohort
