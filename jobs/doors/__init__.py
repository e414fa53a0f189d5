"""The commands of `candor`, a file for each kind of question or deed; what they do is done elsewhere."""
