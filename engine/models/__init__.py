"""BPMN and Petri-net models of a selection: found, checked by replay, laid out, and written as files."""
