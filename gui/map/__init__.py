"""The process map: one painter for screen, SVG, PDF and PNG, and the canvas that one can touch."""
