"""The one way out for every number that leaves the analyst's screen."""
