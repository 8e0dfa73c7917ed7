"""Several sources of one journey: where they agree, where they date the same fact differently, their overlaps and the gaps between them."""
