"""The object-centric map: what follows directly on what for each type of object, merged into one map."""
