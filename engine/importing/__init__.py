"""From a table or a log file to an event log: roles, time stamps, notices."""
