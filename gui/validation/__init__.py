"""The parts of the validation page: the stage with a case of the sample, comments, the wash, and the signature."""
