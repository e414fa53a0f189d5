"""The errors a person may meet; each message says what, where, expected, got, and what to do next."""


class PipelineError(Exception):
    """A stage could not do its work; nothing was published."""


class BadInput(PipelineError):
    """A delivered file cannot be read as what it claims to be."""


class MissingInput(PipelineError):
    """A table, file or list that a stage needs is not there."""


class CommitConflict(PipelineError):
    """Another run moved a table first; this run committed nothing."""


class ReleasedVersionEdited(PipelineError):
    """A released algorithm, calibration or golden file differs from its recorded checksum."""


class NightBlocked(PipelineError):
    """The gate blocked the candidate; the last release stays in place."""
