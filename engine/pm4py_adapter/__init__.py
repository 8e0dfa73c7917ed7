"""The only place that imports pm4py, inside functions; results are our own values."""
