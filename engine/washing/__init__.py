"""The data wash: an ordered, visible list of steps from the rows of an extract to the events of a log."""
