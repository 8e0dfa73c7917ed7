"""The validation room: caseworkers look at a sample, comment on it, accept or reject what the wash did, and sign a version of the data."""
